/* PUSH -> PULL throughput, as bench/worker/push-pull.ts: the receiver measures, from the arrival of the last warm-up message to that
   of the last counted one. */

#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

void push (void)
{
    size_t size = integer ("size");
    uint64_t parts = integer ("parts");
    uint64_t total = integer ("warmup") + integer ("count");
    char *body = malloc (size);
    memset (body, 0x5a, size);
    void *socket = client_socket (ZMQ_PUSH, text ("endpoint"));
    ready (NULL);
    wait_for_go ();
    for (uint64_t sent = 0; sent < total; sent++) {
        for (uint64_t part = 1; part < parts; part++)
            send_body (socket, body, size, ZMQ_SNDMORE);
        send_body (socket, body, size, 0);
    }
}

void pull (void)
{
    char endpoint[256];
    size_t size = integer ("size");
    uint64_t parts = integer ("parts");
    uint64_t warmup = integer ("warmup");
    uint64_t count = integer ("count");
    void *socket = server_socket (ZMQ_PULL, text ("endpoint"), endpoint, sizeof endpoint);
    ready (endpoint);
    for (uint64_t left = warmup * parts; left > 0; left--)
        receive_body (socket, size);
    double start = now ();
    for (uint64_t left = count * parts; left > 0; left--)
        receive_body (socket, size);
    double seconds = now () - start;
    result ("\"seconds\":%.9f,\"messages\":%.3f,\"bytes\":%.3f", seconds, (double) count / seconds,
            (double) (count * parts * size) / seconds);
}
