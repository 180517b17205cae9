/* Entry of the C contender: reads its arguments, plays one role over libzmq, and stays until its stdin ends, so that nothing is lost
   at the other end. A thread watches stdin, for the roles block in libzmq as a C program would. */

#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static int argument_count;
static char **arguments;
static void *context;
static atomic_int going;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t went = PTHREAD_COND_INITIALIZER;

static const char *find (const char *key)
{
    size_t length = strlen (key);
    for (int i = 2; i < argument_count; i++)
        if (strncmp (arguments[i], key, length) == 0 && arguments[i][length] == '=')
            return arguments[i] + length + 1;
    return NULL;
}

int has (const char *key)
{
    return find (key) != NULL;
}

const char *text (const char *key)
{
    const char *value = find (key);
    if (value == NULL)
        fail (key);
    return value;
}

uint64_t integer (const char *key)
{
    return strtoull (text (key), NULL, 10);
}

void ready (const char *endpoint)
{
    if (endpoint)
        printf ("{\"event\":\"ready\",\"endpoint\":\"%s\"}\n", endpoint);
    else
        printf ("{\"event\":\"ready\"}\n");
    fflush (stdout);
}

void result (const char *format, ...)
{
    va_list values;
    va_start (values, format);
    printf ("{\"event\":\"result\",\"values\":{");
    vprintf (format, values);
    printf ("}}\n");
    fflush (stdout);
    va_end (values);
}

void fail (const char *what)
{
    printf ("{\"event\":\"error\",\"message\":\"%s: %s\"}\n", what, errno ? zmq_strerror (errno) : "missing or wrong");
    fflush (stdout);
    _exit (1);
}

static void *watch_stdin (void *unused)
{
    char line[64];
    (void) unused;
    while (fgets (line, sizeof line, stdin)) {
        if (strcmp (line, "go\n") != 0)
            continue;
        pthread_mutex_lock (&lock);
        atomic_store (&going, 1);
        pthread_cond_broadcast (&went);
        pthread_mutex_unlock (&lock);
    }
    _exit (0);
}

void wait_for_go (void)
{
    pthread_mutex_lock (&lock);
    while (!atomic_load (&going))
        pthread_cond_wait (&went, &lock);
    pthread_mutex_unlock (&lock);
}

int told_to_go (void)
{
    return atomic_load (&going);
}

void wait_for_end (void)
{
    for (;;)
        pause ();
}

double now (void)
{
    struct timespec time;
    clock_gettime (CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void set_key (void *socket, int option, const char *key)
{
    if (zmq_setsockopt (socket, option, text (key), strlen (text (key)) + 1) != 0)
        fail (key);
}

void *server_socket (int type, const char *at, char *endpoint, size_t endpoint_size)
{
    void *socket = zmq_socket (context, type);
    if (socket == NULL)
        fail ("zmq_socket");
    if (has ("curve")) {
        int yes = 1;
        if (zmq_setsockopt (socket, ZMQ_CURVE_SERVER, &yes, sizeof yes) != 0)
            fail ("ZMQ_CURVE_SERVER");
        set_key (socket, ZMQ_CURVE_SECRETKEY, "serverSecret");
    }
    if (zmq_bind (socket, at) != 0)
        fail ("zmq_bind");
    if (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, endpoint, &endpoint_size) != 0)
        fail ("ZMQ_LAST_ENDPOINT");
    return socket;
}

void *client_socket (int type, const char *endpoint)
{
    void *socket = zmq_socket (context, type);
    if (socket == NULL)
        fail ("zmq_socket");
    if (has ("curve")) {
        set_key (socket, ZMQ_CURVE_SERVERKEY, "serverPublic");
        set_key (socket, ZMQ_CURVE_PUBLICKEY, "clientPublic");
        set_key (socket, ZMQ_CURVE_SECRETKEY, "clientSecret");
    }
    if (zmq_connect (socket, endpoint) != 0)
        fail ("zmq_connect");
    return socket;
}

void send_body (void *socket, void *body, size_t size, int flags)
{
    if (size <= REFERENCE_OVER) {
        if (zmq_send (socket, body, size, flags) < 0)
            fail ("zmq_send");
        return;
    }
    zmq_msg_t message;
    if (zmq_msg_init_data (&message, body, size, NULL, NULL) != 0 || zmq_msg_send (&message, socket, flags) < 0)
        fail ("zmq_msg_send");
}

static int receive (void *socket, size_t size, int flags)
{
    zmq_msg_t message;
    zmq_msg_init (&message);
    int received = zmq_msg_recv (&message, socket, flags);
    if (received < 0 && errno != EAGAIN)
        fail ("zmq_msg_recv");
    errno = 0;
    if (received >= 0 && (size_t) received != size)
        fail ("received a body of another size");
    zmq_msg_close (&message);
    return received >= 0;
}

void receive_body (void *socket, size_t size)
{
    receive (socket, size, 0);
}

int try_receive (void *socket, size_t size)
{
    return receive (socket, size, ZMQ_DONTWAIT);
}

static const struct
{
    const char *name;
    void (*play) (void);
} roles[] = {{"push", push},     {"pull", pull},     {"req", req}, {"rep", rep},
             {"router", router}, {"dealer", dealer}, {"pub", pub}, {"sub", sub}};

int main (int count, char **values)
{
    if (count == 2 && strcmp (values[1], "--version") == 0) {
        int major, minor, patch;
        zmq_version (&major, &minor, &patch);
        printf ("%d.%d.%d\n", major, minor, patch);
        return 0;
    }
    argument_count = count;
    arguments = values;
    context = zmq_ctx_new ();
    zmq_ctx_set (context, ZMQ_MAX_SOCKETS, 4096);
    pthread_t watcher;
    if (pthread_create (&watcher, NULL, watch_stdin, NULL) != 0)
        fail ("pthread_create");
    for (size_t i = 0; count > 1 && i < sizeof roles / sizeof *roles; i++)
        if (strcmp (roles[i].name, values[1]) == 0) {
            roles[i].play ();
            wait_for_end ();
        }
    fail ("no such role");
}
