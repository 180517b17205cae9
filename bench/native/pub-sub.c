/* PUB -> N SUB sockets, as bench/worker/pub-sub.ts, where the phases and the window are explained. One subscriber is read with a
   blocking receive, several with zmq_poll and whatever each has. */

#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

enum phase
{
    SYNC,
    WARMUP,
    COUNTED,
    END
};

#define STEP 100

/* Has the socket read what its pipes report. A fast loop of sends does so about once a millisecond only, and takes a pipe for full
   in between that is not. */
static void take_notice (void *socket)
{
    int events;
    size_t size = sizeof events;
    zmq_getsockopt (socket, ZMQ_EVENTS, &events, &size);
}

static void publish (void *socket, void *credits, enum phase phase, uint64_t messages)
{
    static uint64_t on_the_way;
    size_t size = integer ("size");
    uint64_t window = integer ("window");
    char *body = malloc (size);
    memset (body, phase, size);
    for (uint64_t sent = 0; sent < messages; sent++) {
        send_body (socket, body, size, 0);
        if (window == 0 || ++on_the_way < window)
            continue;
        receive_body (credits, 0);
        on_the_way -= STEP;
        take_notice (socket);
    }
    free (body);
}

void pub (void)
{
    char endpoint[256], sync[257] = {SYNC}, end = END;
    void *socket = server_socket (ZMQ_PUB, text ("endpoint"), endpoint, sizeof endpoint);
    void *credits = server_socket (ZMQ_PULL, "tcp://127.0.0.1:*", sync + 1, sizeof sync - 1);
    ready (endpoint);
    while (!told_to_go ()) {
        send_body (socket, sync, 1 + strlen (sync + 1), 0);
        usleep (1000);
    }
    publish (socket, credits, WARMUP, integer ("warmup"));
    publish (socket, credits, COUNTED, integer ("count"));
    for (;;) {
        send_body (socket, &end, 1, 0);
        usleep (1000);
    }
}

struct subscriber
{
    uint64_t messages, counted;
    int synced, ended;
};

static struct
{
    struct subscriber *all;
    void *credits;
    int subscribers, synced, ended;
    uint64_t acknowledged;
    double start, end;
} shared;

static void synced (const char *credit_endpoint)
{
    if (shared.synced == 0)
        shared.credits = client_socket (ZMQ_PUSH, credit_endpoint);
    if (++shared.synced == shared.subscribers)
        ready (NULL);
}

static void acknowledge (void)
{
    for (int i = 0; i < shared.subscribers; i++)
        if (shared.all[i].messages < shared.acknowledged + STEP)
            return;
    shared.acknowledged += STEP;
    send_body (shared.credits, "", 0, 0);
}

static void take (struct subscriber *subscriber, zmq_msg_t *message)
{
    char *body = zmq_msg_data (message);
    size_t size = zmq_msg_size (message);
    if (body[0] == WARMUP || body[0] == COUNTED) {
        if (++subscriber->messages % STEP == 0)
            acknowledge ();
        if (body[0] == COUNTED && subscriber->counted++ == 0 && shared.start == 0)
            shared.start = now ();
    } else if (body[0] == SYNC && !subscriber->synced) {
        char endpoint[257] = {0};
        subscriber->synced = 1;
        memcpy (endpoint, body + 1, size - 1);
        synced (endpoint);
    } else if (body[0] == END && !subscriber->ended) {
        subscriber->ended = 1;
        shared.ended++;
        shared.end = now ();
    }
}

/* Takes what there is; waits for one message if asked to. */
static void drain (void *socket, struct subscriber *subscriber, int flags)
{
    zmq_msg_t message;
    zmq_msg_init (&message);
    while (!subscriber->ended && zmq_msg_recv (&message, socket, flags) >= 0)
        take (subscriber, &message);
    zmq_msg_close (&message);
}

static void report (void)
{
    uint64_t counted = 0;
    double seconds = shared.end - shared.start;
    for (int i = 0; i < shared.subscribers; i++)
        counted += shared.all[i].counted;
    result ("\"seconds\":%.9f,\"deliveries\":%.3f,\"share\":%.3f", seconds, counted ? (double) counted / seconds : 0,
            100.0 * (double) counted / (double) (integer ("count") * (uint64_t) shared.subscribers));
}

void sub (void)
{
    int subscribers = (int) integer ("subscribers");
    zmq_pollitem_t *items = calloc ((size_t) subscribers, sizeof *items);
    shared.subscribers = subscribers;
    shared.all = calloc ((size_t) subscribers, sizeof *shared.all);
    for (int i = 0; i < subscribers; i++) {
        items[i].socket = client_socket (ZMQ_SUB, text ("endpoint"));
        items[i].events = ZMQ_POLLIN;
        zmq_setsockopt (items[i].socket, ZMQ_SUBSCRIBE, "", 0);
    }
    if (subscribers == 1)
        drain (items[0].socket, &shared.all[0], 0);
    while (shared.ended < subscribers) {
        if (zmq_poll (items, subscribers, -1) < 0)
            fail ("zmq_poll");
        for (int i = 0; i < subscribers; i++)
            if (items[i].revents)
                drain (items[i].socket, &shared.all[i], ZMQ_DONTWAIT);
    }
    report ();
}
