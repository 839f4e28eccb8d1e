/* How fast a node's cores read and write memory together, in GB/s on one line.
 *
 *   gcc -O3 -pthread -o memory_bandwidth memory_bandwidth.c
 *   memory_bandwidth [MIB]      size of each of a core's three arrays, default 16
 *
 * A thread on every core that this process may use does a = b + s c on arrays of its
 * own, which it was the first to touch, so that they lie in the memory beside it; three
 * arrays of 16 MiB a core do not fit into any cache there is. The best of 20 turns
 * counts, with 24 bytes an element (the triad of STREAM, J. D. McCalpin, 1995,
 * https://www.cs.virginia.edu/stream).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TURNS = 20, ARRAYS = 3 };

static size_t elements;
static pthread_barrier_t all;
static double best_s = 1e9;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void triad(double *restrict a, const double *restrict b,
                  const double *restrict c)
{
    for (size_t i = 0; i < elements; ++i)
        a[i] = b[i] + 3.0 * c[i];
}

static void *on_core(void *core)
{
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(*(int *)core, &own);
    sched_setaffinity(0, sizeof own, &own);

    double *a = malloc(ARRAYS * elements * sizeof *a);
    if (!a) {
        perror("memory_bandwidth");
        exit(1);
    }
    for (size_t i = 0; i < ARRAYS * elements; ++i)
        a[i] = 1.0;
    for (int turn = 0; turn < TURNS; ++turn) {
        pthread_barrier_wait(&all);
        const double begun_s = now_s();
        triad(a, a + elements, a + 2 * elements);
        const int last = pthread_barrier_wait(&all);
        if (last == PTHREAD_BARRIER_SERIAL_THREAD && now_s() - begun_s < best_s)
            best_s = now_s() - begun_s;
    }
    const int right = a[elements - 1] == 4.0;
    free(a);
    return right ? core : NULL;
}

int main(int count, char **words)
{
    elements = (size_t)(count > 1 ? atoi(words[1]) : 16) * (1 << 20) / sizeof(double);
    cpu_set_t mine;
    if (sched_getaffinity(0, sizeof mine, &mine) || elements == 0)
        return 1;
    static int cores[CPU_SETSIZE];
    static pthread_t threads[CPU_SETSIZE];
    int many = 0;
    for (int core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(core, &mine))
            cores[many++] = core;
    pthread_barrier_init(&all, NULL, (unsigned)many);
    for (int i = 0; i < many; ++i)
        if (pthread_create(&threads[i], NULL, on_core, &cores[i]))
            return 1;
    int right = 1;
    for (int i = 0; i < many; ++i) {
        void *core;
        pthread_join(threads[i], &core);
        right = right && core;
    }
    if (!right)
        return 1;
    const double bytes = (double)ARRAYS * sizeof(double) * (double)elements * many;
    printf("%.1f\n", bytes / best_s / 1e9);
    return 0;
}
