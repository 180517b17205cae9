/* The worker protocol for the C contender; the same as bench/worker/parent.ts: arguments `<role> key=value ...`, one JSON object per
   line on stdout, on stdin the line `go`, and its end means stop. */

#ifndef ZMTP_BENCH_WORKER_H
#define ZMTP_BENCH_WORKER_H

#include <stddef.h>
#include <stdint.h>

/* Arguments. A missing one ends the program with an error event. */
const char *text (const char *key);
uint64_t integer (const char *key);
int has (const char *key);

/* Talking to the runner. */
void ready (const char *endpoint);
void result (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
void fail (const char *what);
void wait_for_go (void);
int told_to_go (void);
void wait_for_end (void) __attribute__ ((noreturn));

/* Seconds on the monotonic clock. */
double now (void);

/* Sockets: made with the security that the arguments ask for, and default options otherwise. */
/* Bound to `at`; what it is bound to comes back in `endpoint`. */
void *server_socket (int type, const char *at, char *endpoint, size_t endpoint_size);
void *client_socket (int type, const char *endpoint);

/* One blocking send or receive of `size` bytes. Bodies over REFERENCE_OVER go by reference, as both JavaScript libraries send
   them; they are received without a copy at every size. */
#define REFERENCE_OVER 8192
void send_body (void *socket, void *body, size_t size, int flags);
void receive_body (void *socket, size_t size);
/* 1 when a message was taken, 0 when there is none. */
int try_receive (void *socket, size_t size);

/* Roles. */
void push (void);
void pull (void);
void req (void);
void rep (void);
void router (void);
void dealer (void);
void pub (void);
void sub (void);

#endif
