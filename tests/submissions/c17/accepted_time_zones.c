// expect: Accepted
// expected: 12:00 UTC\n14:00 CEST\n14:00 CEST\n08:00 EDT\n
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void show(const char *zone) {
    time_t noon_in_july = 1719835200;
    char text[64];
    if (zone != NULL) setenv("TZ", zone, 1);
    tzset();
    strftime(text, sizeof text, "%H:%M %Z", localtime(&noon_in_july));
    puts(text);
}

int main(void) {
    show(NULL);
    show("Europe/Paris");
    show("CET-1CEST,M3.5.0,M10.5.0/3");
    show("America/New_York");
}
