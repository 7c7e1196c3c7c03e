/* Preloaded into the daemons of Grid Engine, which cannot be told where to listen: a bind to all addresses becomes
 * one to 127.0.0.1.  No headers, so that the small tcc can build it without the C library's development files. */
extern long syscall(long number, ...);
extern int unsetenv(const char *name);

#if defined(__x86_64__)
#define SYS_BIND 49
#elif defined(__aarch64__)
#define SYS_BIND 200
#else
#error "the number of the bind system call on this processor is missing here"
#endif

struct ipv4_address {
    unsigned short family;
    unsigned short port;
    unsigned char address[4];
    unsigned char zero[8];
};

int bind(int socket, const struct ipv4_address *address, unsigned length)
{
    unsetenv("LD_PRELOAD"); /* not for the jobs */
    if (length >= sizeof *address && address->family == 2 && address->address[0] == 0) {
        struct ipv4_address loopback = *address;
        loopback.address[0] = 127;
        loopback.address[3] = 1;
        return (int)syscall(SYS_BIND, (long)socket, &loopback, (long)sizeof loopback);
    }
    return (int)syscall(SYS_BIND, (long)socket, address, (long)length);
}
