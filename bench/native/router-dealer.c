/* DEALER -> ROUTER -> DEALER, as bench/worker/router-dealer.ts: N DEALER sockets keep `window` requests each in flight, the ROUTER
   echoes. One peer is read with a blocking receive, several with zmq_poll and whatever each has. */

#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

void router (void)
{
    char endpoint[256];
    void *socket = server_socket (ZMQ_ROUTER, text ("endpoint"), endpoint, sizeof endpoint);
    ready (endpoint);
    for (;;) {
        zmq_msg_t part;
        zmq_msg_init (&part);
        if (zmq_msg_recv (&part, socket, 0) < 0)
            fail ("zmq_msg_recv");
        if (zmq_msg_send (&part, socket, zmq_msg_more (&part) ? ZMQ_SNDMORE : 0) < 0)
            fail ("zmq_msg_send");
    }
}

static uint64_t warmup, count, echoes;
static double start;

/* 0 when enough have come. */
static int add (void)
{
    echoes++;
    if (echoes == warmup)
        start = now ();
    else if (echoes == warmup + count) {
        double seconds = now () - start;
        result ("\"seconds\":%.9f,\"messages\":%.3f", seconds, (double) count / seconds);
    }
    return echoes < warmup + count;
}

static void converse_with_all (zmq_pollitem_t *items, int peers, char *body, size_t size)
{
    while (echoes < warmup + count) {
        if (zmq_poll (items, peers, -1) < 0)
            fail ("zmq_poll");
        for (int i = 0; i < peers; i++)
            while (items[i].revents && try_receive (items[i].socket, size))
                if (add ())
                    send_body (items[i].socket, body, size, 0);
    }
}

void dealer (void)
{
    size_t size = integer ("size");
    int peers = (int) integer ("peers");
    uint64_t window = integer ("window");
    warmup = integer ("warmup");
    count = integer ("count");
    char *body = malloc (size);
    memset (body, 0x5a, size);
    zmq_pollitem_t *items = calloc ((size_t) peers, sizeof *items);
    for (int i = 0; i < peers; i++) {
        items[i].socket = client_socket (ZMQ_DEALER, text ("endpoint"));
        items[i].events = ZMQ_POLLIN;
        send_body (items[i].socket, body, size, 0);
    }
    for (int i = 0; i < peers; i++)
        receive_body (items[i].socket, size);
    ready (NULL);
    wait_for_go ();
    for (int i = 0; i < peers; i++)
        for (uint64_t ahead = window; ahead > 0; ahead--)
            send_body (items[i].socket, body, size, 0);
    if (peers > 1)
        converse_with_all (items, peers, body, size);
    else
        do
            receive_body (items[0].socket, size);
        while (add () && (send_body (items[0].socket, body, size, 0), 1));
}
