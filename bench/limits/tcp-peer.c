/*
 * tcp-peer MODE PORT COUNT: the other end of a TCP server that is measured, on 127.0.0.1.
 *   send     sends COUNT bytes on one connection, and waits until the server has closed it
 *   receive  receives COUNT bytes on one connection
 *   idle     opens COUNT connections, makes one PING on each, prints "open", and holds them until its input ends
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK_BYTES = 262144 };
static char chunk[CHUNK_BYTES];

static int fail(const char *what) {
    perror(what);
    exit(1);
}

static int connect_to(int port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) fail("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    return fd;
}

static void send_bytes(int fd, long long left) {
    while (left > 0) {
        ssize_t sent = send(fd, chunk, left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES, MSG_NOSIGNAL);
        if (sent < 0) fail("send");
        left -= sent;
    }
    shutdown(fd, SHUT_WR);
    while (recv(fd, chunk, CHUNK_BYTES, 0) > 0) continue;
}

static void receive_bytes(int fd, long long left) {
    while (left > 0) {
        ssize_t received = recv(fd, chunk, CHUNK_BYTES, 0);
        if (received <= 0) fail("recv");
        left -= received;
    }
}

static void hold_idle(int port, int count) {
    static const char ping[] = "*1\r\n$4\r\nPING\r\n";
    /* Reset at the end: no port stays in TIME_WAIT. */
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    for (int i = 0; i < count; i++) {
        int fd = connect_to(port);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        if (send(fd, ping, sizeof ping - 1, MSG_NOSIGNAL) < 0) fail("send");
        if (recv(fd, chunk, 7, MSG_WAITALL) != 7) fail("recv");
    }
    puts("open");
    fflush(stdout);
    while (read(0, chunk, CHUNK_BYTES) > 0) continue;
}

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "usage: tcp-peer send|receive|idle PORT COUNT\n"), 2;
    int port = atoi(argv[2]);
    long long count = atoll(argv[3]);
    if (strcmp(argv[1], "send") == 0) send_bytes(connect_to(port), count);
    else if (strcmp(argv[1], "receive") == 0) receive_bytes(connect_to(port), count);
    else hold_idle(port, (int)count);
    return 0;
}
