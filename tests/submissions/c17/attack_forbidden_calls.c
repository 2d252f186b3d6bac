// expect: Accepted
// expected: all refused\n
// Each of these is refused with an error, not with a signal: a runtime may only be probing.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name) {#name, SYS_##name}

int main(void) {
    static const struct {
        const char *name;
        long number;
    } calls[] = {
        CALL(bpf),           CALL(perf_event_open), CALL(userfaultfd),      CALL(init_module),
        CALL(finit_module),  CALL(delete_module),   CALL(kexec_load),       CALL(reboot),
        CALL(swapon),        CALL(swapoff),         CALL(sethostname),      CALL(setdomainname),
        CALL(settimeofday),  CALL(clock_settime),   CALL(adjtimex),         CALL(acct),
        CALL(syslog),        CALL(iopl),            CALL(ioperm),           CALL(modify_ldt),
        CALL(kcmp),          CALL(setns),           CALL(open_by_handle_at), CALL(name_to_handle_at),
        CALL(fanotify_init), CALL(shmget),          CALL(semget),           CALL(msgget),
        CALL(mq_open),       CALL(mbind),           CALL(move_pages),       CALL(migrate_pages),
        CALL(io_setup),      CALL(vmsplice),        CALL(tee),              CALL(quotactl),
        CALL(lookup_dcookie), CALL(vhangup),        CALL(process_vm_writev), CALL(ptrace),
    };
    int allowed = 0;
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        errno = 0;
        long result = syscall(calls[i].number, -1, -1, -1, -1, -1, -1);
        int refused = result == -1 && (errno == EPERM || errno == ENOSYS || errno == EINVAL);
        if (!refused) printf("%s: result %ld, %s\n", calls[i].name, result, strerror(errno)), allowed++;
    }
    if (!allowed) puts("all refused");
}
