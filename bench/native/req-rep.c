/* REQ <-> REP, as bench/worker/req-rep.ts: one request at a time, each round trip timed by the requester. The replier echoes. */

#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

void rep (void)
{
    char endpoint[256];
    void *socket = server_socket (ZMQ_REP, text ("endpoint"), endpoint, sizeof endpoint);
    ready (endpoint);
    for (;;) {
        zmq_msg_t message;
        zmq_msg_init (&message);
        if (zmq_msg_recv (&message, socket, 0) < 0 || zmq_msg_send (&message, socket, 0) < 0)
            fail ("echo");
    }
}

static int ascending (const void *left, const void *right)
{
    double a = *(const double *) left, b = *(const double *) right;
    return (a > b) - (a < b);
}

static void report (double *samples, size_t count)
{
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += samples[i];
    qsort (samples, count, sizeof *samples, ascending);
#define AT(share) samples[(size_t) ((double) count * (share)) < count ? (size_t) ((double) count * (share)) : count - 1]
    result ("\"seconds\":%.9f,\"mean\":%.3f,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f", total / 1e6,
            total / (double) count, AT (0.5), AT (0.9), AT (0.99), AT (0.999));
#undef AT
}

void req (void)
{
    size_t size = integer ("size");
    size_t count = integer ("count");
    uint64_t warmup = integer ("warmup");
    double *samples = calloc (count, sizeof *samples);
    char *body = malloc (size);
    memset (body, 0x5a, size);
    void *socket = client_socket (ZMQ_REQ, text ("endpoint"));
    ready (NULL);
    wait_for_go ();
    for (uint64_t left = warmup; left > 0; left--) {
        send_body (socket, body, size, 0);
        receive_body (socket, size);
    }
    for (size_t i = 0; i < count; i++) {
        double start = now ();
        send_body (socket, body, size, 0);
        receive_body (socket, size);
        samples[i] = (now () - start) * 1e6;
    }
    report (samples, count);
}
