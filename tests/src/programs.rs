//! Short programs for tests that need no file of their own.

/// Adds two numbers; C.
pub const SUM: &str = r#"#include <stdio.h>
int main(void) { int a, b; if (scanf("%d %d", &a, &b) != 2) return 1; printf("%d\n", a + b); }
"#;

/// Adds two numbers; C++.
pub const SUM_CPP: &str = r"#include <iostream>
int main() { long a, b; std::cin >> a >> b; std::cout << a + b << '\n'; }
";

/// Runs for ever; C.
pub const LOOP: &str = "int main(void) { for (volatile unsigned long n = 0;; n++) {} }\n";

/// Reads milliseconds and sleeps so long; then says so. C.
pub const SLEEP: &str = r#"#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>
int main(void) { int ms; if (scanf("%d", &ms) != 1) return 1; usleep(ms * 1000); puts("slept"); }
"#;

/// Reads milliseconds and uses so much CPU; then says so. C.
pub const BURN: &str = r#"#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
int main(void) {
    int ms;
    struct timespec used;
    if (scanf("%d", &ms) != 1) return 1;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
    puts("burnt");
}
"#;

/// Reads MiB and touches so much memory; then says so. C.
pub const TOUCH: &str = r#"#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char *volatile kept;
int main(void) {
    size_t mib;
    if (scanf("%zu", &mib) != 1) return 1;
    kept = malloc(mib << 20);
    if (!kept) return 2;
    memset(kept, 1, mib << 20);
    puts("touched");
}
"#;

/// Reads its input to the end, says how long it is, and takes 200 ms more. C.
pub const LENGTH: &str = r#"#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>
static char block[1 << 16];
int main(void) {
    size_t length = 0, read;
    while ((read = fread(block, 1, sizeof block, stdin)) > 0) length += read;
    usleep(200000);
    printf("%zu\n", length);
}
"#;

/// Reads milliseconds, touches 150 MiB, sleeps so long and says so. C.
pub const HOLD: &str = r#"#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static char *volatile kept;
int main(void) {
    unsigned ms;
    if (scanf("%u", &ms) != 1) return 1;
    kept = malloc(150 << 20);
    if (!kept) return 2;
    memset(kept, 1, 150 << 20);
    usleep(ms * 1000);
    puts("slept");
}
"#;

/// A source like another, but not the same: the compile cache does not know it.
pub fn unique(source: &str) -> String {
    format!("{source}// {}\n", uuid::Uuid::new_v4())
}
