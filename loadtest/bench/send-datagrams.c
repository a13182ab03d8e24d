/*
 * What `npm run bench -- fanout` compares with: a loop around sendmmsg(2) and nothing else.
 * `<packets file> <ports with commas>`; then `full <seconds>` on standard input sends for so long, and answers with
 * the datagrams that the system took. The file has each packet behind its length in 16 bits.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { PORTS_MAX = 4096, PACKETS_MAX = 65536, CALL = 1024 };

static struct sockaddr_in to[PORTS_MAX];
static struct iovec packets[PACKETS_MAX];
static struct mmsghdr messages[CALL];
static struct iovec parts[CALL];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int read_packets(const char *path) {
  FILE *file = fopen(path, "rb");
  unsigned char head[2];
  int count = 0;
  if (file == NULL) return 0;
  while (count < PACKETS_MAX && fread(head, 1, 2, file) == 2) {
    size_t length = head[0] << 8 | head[1];
    char *bytes = malloc(length);
    if (bytes == NULL || fread(bytes, 1, length, file) != length) break;
    packets[count++] = (struct iovec){bytes, length};
  }
  fclose(file);
  return count;
}

static int read_ports(char *list) {
  int count = 0;
  for (char *port = strtok(list, ","); port != NULL && count < PORTS_MAX; port = strtok(NULL, ",")) {
    to[count].sin_family = AF_INET;
    to[count].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to[count++].sin_port = htons(atoi(port));
  }
  return count;
}

static long send_for(double seconds, int socket, int packet_count, int port_count) {
  const double end = now() + seconds;
  long taken = 0;
  int packet = 0, port = 0;
  while (now() < end) {
    for (int at = 0; at < CALL; at++) {
      parts[at] = packets[packet];
      messages[at].msg_hdr =
          (struct msghdr){.msg_name = &to[port], .msg_namelen = sizeof to[port], .msg_iov = &parts[at], .msg_iovlen = 1};
      if (++port == port_count) {
        port = 0;
        packet = (packet + 1) % packet_count;
      }
    }
    for (int at = 0; at < CALL;) {
      int sent = sendmmsg(socket, messages + at, CALL - at, 0);
      if (sent <= 0) at++;
      else at += sent, taken += sent;
    }
  }
  return taken;
}

int main(int argc, char **argv) {
  char how[16];
  double seconds;
  if (argc < 3) return 1;
  int packet_count = read_packets(argv[1]), port_count = read_ports(argv[2]);
  int sender = socket(AF_INET, SOCK_DGRAM, 0);
  if (packet_count == 0 || port_count == 0 || sender < 0) return 1;
  while (scanf("%15s %lf", how, &seconds) == 2) {
    printf("%ld 0\n", send_for(seconds, sender, packet_count, port_count));
    fflush(stdout);
  }
  return 0;
}
