/*
 * What has to outlive a JavaScript environment: the registry of loops, the uv_prepare handle, and the clean-up that
 * runs when a thread ends, be it by its own end, process.exit() or worker.terminate().
 *
 * No JavaScript can run in that clean-up, and three things would crash the process or corrupt memory without it:
 *   - a uv handle or a koffi callback that is used after its environment is gone,
 *   - a poster that stores to the wake word after its memory is freed,
 *   - the kernel completing an operation into memory that V8 has freed (ring-release.c).
 *
 * libuv and Node-API are declared here by hand: the node binary exports them, and its headers need not be installed.
 */
#define _GNU_SOURCE
#include "descriptor-set.h"
#include "loop-slot.h"
#include "nap.h"
#include "ring-release.h"
#include "thread-fence.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* libuv 1.x: the handle types are a stable part of its ABI (include/uv.h, UV_HANDLE_TYPE_MAP). */
enum { UV_POLL = 8, UV_PREPARE = 9, UV_SIGNAL = 16, UV_READABLE = 1 };
extern size_t uv_handle_size(int type);
extern void uv_update_time(void *loop);
extern int uv_backend_timeout(const void *loop);
extern int uv_loop_alive(const void *loop);
extern int uv_prepare_init(void *loop, void *handle);
extern int uv_prepare_start(void *handle, void (*callback)(void *));
extern int uv_prepare_stop(void *handle);
extern int uv_poll_init(void *loop, void *handle, int fd);
extern int uv_poll_start(void *handle, int events, void (*callback)(void *, int, int));
extern int uv_signal_init(void *loop, void *handle);
extern int uv_signal_start(void *handle, void (*callback)(void *, int), int number);
extern int uv_signal_stop(void *handle);
extern void *uv_handle_get_data(const void *handle);
extern void uv_handle_set_data(void *handle, void *data);
extern void uv_ref(void *handle);
extern void uv_unref(void *handle);
extern void uv_close(void *handle, void (*callback)(void *));
extern int napi_get_global(void *env, void **result);
extern int napi_get_named_property(void *env, void *object, const char *name, void **result);
extern int napi_create_reference(void *env, void *value, uint32_t count, void **reference);
extern int napi_delete_reference(void *env, void *reference);
extern int napi_get_reference_value(void *env, void *reference, void **result);
extern int napi_create_int32(void *env, int32_t value, void **result);
extern int napi_get_value_int32(void *env, void *value, int32_t *result);
extern int napi_is_array(void *env, void *value, _Bool *result);
extern int napi_get_element(void *env, void *object, uint32_t index, void **result);
extern int napi_fatal_exception(void *env, void *error);
extern int napi_create_string_utf8(void *env, const char *text, size_t length, void **result);
extern int napi_async_init(void *env, void *resource, void *name, void **context);
extern int napi_async_destroy(void *env, void *context);
extern int napi_open_callback_scope(void *env, void *resource, void *context, void **scope);
extern int napi_close_callback_scope(void *env, void *scope);
extern int napi_open_handle_scope(void *env, void **scope);
extern int napi_close_handle_scope(void *env, void *scope);
extern int napi_call_function(void *env, void *self, void *function, size_t count, void **arguments, void **result);
extern int napi_add_env_cleanup_hook(void *env, void (*run)(void *), void *argument);
extern int napi_remove_env_cleanup_hook(void *env, void (*run)(void *), void *argument);

struct wl_registry wl_registry_memory __attribute__((aligned(4096)));

/* What a loop watches through libuv: the first two where libuv does the blocking, the last once it waits for other fds. */
enum wl_watch { WL_WATCH_EVENT = 0, WL_WATCH_RING = 1, WL_WATCH_DESCRIPTORS = 2, WL_WATCHES = 3 };

struct wl_hook {
    struct wl_ring ring; /* first: JavaScript writes it through the hook's own address */
    void *env;
    void *uv_loop;
    void *prepare;             /* uv_prepare_t; freed by uv's close callback, like the next */
    void *watches[WL_WATCHES]; /* uv_poll_t, or NULL */
    void *children;            /* uv_signal_t of SIGCHLD, or NULL */
    struct wl_descriptor_set descriptors;
    void *on_event;            /* napi_ref to the loop's JavaScript function */
    void *async_context;       /* napi_async_context of the turns that run in the hook */
    struct wl_slot *slot;
    struct wl_nap *nap; /* NULL: this loop never sleeps without JavaScript; the memory is JavaScript's */
};

/* What the function is told. */
enum wl_event { WL_PREPARE = 0, WL_EVENT_FD = 1, WL_RING = 2, WL_TURN = 3, WL_DESCRIPTORS = 4, WL_CHILD = 5, WL_WOKEN = 6 };

/* What it answers. When it ran turns, also an array with the error that a callback of the user's threw. */
enum wl_answer { WL_POLL = 0, WL_RUN_TURN = 1 };

/* Calls the loop's function, inside a handle scope; NULL when the environment no longer runs JavaScript: there is nobody
 * to tell then. The function never throws. Node-API itself instead of koffi's callbacks: those are 8192 a process, and the
 * ones of a terminated thread are not given back. */
static void *call(struct wl_hook *hook, enum wl_event event, int32_t timeout_ms) {
    void *function, *arguments[2], *result;
    /* The function has no use for a `this`: any value will do. */
    if (napi_get_reference_value(hook->env, hook->on_event, &function) == 0 &&
        napi_create_int32(hook->env, event, &arguments[0]) == 0 &&
        napi_create_int32(hook->env, timeout_ms, &arguments[1]) == 0 &&
        napi_call_function(hook->env, function, function, 2, arguments, &result) == 0)
        return result;
    return NULL;
}

static enum wl_answer tell(struct wl_hook *hook, enum wl_event event, int32_t timeout_ms) {
    void *scope, *result;
    int32_t answer = WL_POLL;
    if (napi_open_handle_scope(hook->env, &scope) != 0) return WL_POLL;
    if ((result = call(hook, event, timeout_ms))) napi_get_value_int32(hook->env, result, &answer);
    napi_close_handle_scope(hook->env, scope);
    return (enum wl_answer)answer;
}

/* The identity of the turns in a hook, for async_hooks. Their hooks are JavaScript, so not from inside a koffi call, which has a
 * stack of its own: V8 takes that for an overflow of the thread's. */
static void *new_async_context(void *env) {
    void *name, *context = NULL;
    if (napi_create_string_utf8(env, "WakelineTurn", sizeof "WakelineTurn" - 1, &name) == 0)
        napi_async_init(env, NULL, name, &context);
    return context;
}

/* Runs turns as Node runs any callback: in a callback scope, which runs nextTicks and microtasks at its end, and an error is
 * an uncaught exception. A thread that is being terminated cannot answer with an array, so no error is made up for it.
 * Returns 0 when the environment cannot run JavaScript any more. */
static int run_turns(struct wl_hook *hook, enum wl_event event) {
    void *env = hook->env, *scope, *callback_scope, *result, *error;
    _Bool has_thrown = 0;
    int has_run = 0;
    if (napi_open_handle_scope(env, &scope) != 0) return 0;
    if (!hook->async_context) hook->async_context = new_async_context(env);
    /* Node takes the resource from the context, and ignores the one that is given here. */
    if (hook->async_context && napi_open_callback_scope(env, NULL, hook->async_context, &callback_scope) == 0) {
        if ((result = call(hook, event, 0)) && napi_is_array(env, result, &has_thrown) == 0 && has_thrown &&
            napi_get_element(env, result, 0, &error) == 0)
            napi_fatal_exception(env, error);
        has_run = napi_close_callback_scope(env, callback_scope) == 0;
    }
    napi_close_handle_scope(env, scope);
    return has_run;
}

uintptr_t wl_registry(void) { return (uintptr_t)&wl_registry_memory; }

/* Gives a free slot its odd generation and an eventfd; -1 when all are taken, -errno - 1 when eventfd failed. */
int wl_slot_claim(void) {
    for (int index = 0; index < WL_SLOT_COUNT; index++) {
        struct wl_slot *slot = &wl_registry_memory.slots[index];
        if (atomic_exchange(&slot->claimed, 1)) continue;
        int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (fd < 0) {
            int error = errno;
            atomic_store(&slot->claimed, 0);
            return -error - 1;
        }
        slot->event_fd = fd;
        slot->in_flight = 0;
        slot->watching = 0;
        slot->at_rest = 0;
        slot->hold = WL_HOLD_IS_JAVASCRIPTS;
        slot->wake_word_address = (uint64_t)(uintptr_t)&slot->wake_word;
        atomic_store(&slot->wake_word, 0);
        atomic_store(&slot->state, WL_RUNNING);
        atomic_store(&slot->ringing, 0);
        return index;
    }
    return -1;
}

/* The loop's words are all in place: from now on posters may find it. */
void wl_slot_publish(int index) { atomic_fetch_add(&wl_registry_memory.slots[index].generation, 1); }

/* A poster is inside its doorbell only between `ringing = target` and `ringing = 0`, and looks at the generation in
 * between. So after the generation has changed and all threads have been fenced, whoever is still inside is visible
 * here, and whoever enters later sees the new generation and stores nothing. */
static void wait_for_posters(struct wl_slot *slot) {
    uint32_t self = (uint32_t)(slot - wl_registry_memory.slots) + 1;
    wl_fence_all_threads();
    for (int index = 0; index < WL_SLOT_COUNT; index++) {
        struct wl_slot *poster = &wl_registry_memory.slots[index];
        if (poster == slot) continue;
        while (atomic_load(&poster->ringing) == self) sched_yield();
    }
}

/* Posters keep the top bit clear (lib/wake/doorbell.ts), so this is never a value of theirs. */
static const uint32_t DEATH_TAG = 0x80000000u;

/* One dead loop concerns whoever shares a channel with it, and only they know: wake every loop to let it look.
 * A loop in its pause or umwait stage sees the word, one in the kernel the eventfd. */
static void tell_all_loops(struct wl_slot *self) {
    uint32_t deaths = atomic_fetch_add(&wl_registry_memory.deaths, 1) + 1;
    for (int index = 0; index < WL_SLOT_COUNT; index++) {
        struct wl_slot *target = &wl_registry_memory.slots[index];
        if (target == self || !(atomic_load(&target->generation) & 1)) continue;
        atomic_store(&self->ringing, (uint32_t)index + 1);
        if (atomic_load(&target->generation) & 1) {
            atomic_store((_Atomic uint32_t *)(uintptr_t)target->wake_word_address, DEATH_TAG | deaths);
            eventfd_write(target->event_fd, 1);
        }
        atomic_store(&self->ringing, 0);
    }
}

static void release_slot(struct wl_slot *slot) {
    atomic_store(&slot->ringing, 0); /* a thread that was terminated inside its doorbell rings no more */
    atomic_fetch_add(&slot->generation, 1);
    wait_for_posters(slot);
    tell_all_loops(slot);
    close(slot->event_fd);
    slot->event_fd = -1;
    atomic_store(&slot->claimed, 0);
}

static void free_handle(void *handle) { free(handle); }

static void clean_up(void *argument) {
    struct wl_hook *hook = argument;
    uint32_t in_flight = hook->slot->in_flight, watching = hook->slot->watching;
    uv_prepare_stop(hook->prepare);
    uv_close(hook->prepare, free_handle);
    for (int i = 0; i < WL_WATCHES; i++)
        if (hook->watches[i]) uv_close(hook->watches[i], free_handle);
    if (hook->children) uv_close(hook->children, free_handle);
    wl_descriptor_set_close(&hook->descriptors);
    if (hook->async_context) napi_async_destroy(hook->env, hook->async_context);
    release_slot(hook->slot);
    wl_ring_release(&hook->ring, in_flight, watching);
    free(hook);
}

/* Nothing of this loop's is pending. Only once nothing else keeps libuv's loop alive does that matter, and by then there may be
 * something again: a thread that is asked now and then, by a timer for example, is spared two calls from JavaScript each time. */
static void let_go(struct wl_hook *hook) {
    if (hook->slot->hold != WL_HOLD_IS_OFFERED) return;
    uv_unref(hook->prepare);
    if (uv_loop_alive(hook->uv_loop))
        uv_ref(hook->prepare);
    else
        hook->slot->hold = WL_HOLD_IS_OVER;
}

/* libuv does the blocking. What comes between JavaScript's look and the loop's sleep is JavaScript's once more. */
static void prepare_poll(struct wl_hook *hook) {
    let_go(hook);
    while (!wl_rest(hook->nap, hook->slot)) {
        tell(hook, WL_PREPARE, uv_backend_timeout(hook->uv_loop));
        if (!hook->slot->at_rest) return;
    }
}

/* A turn in here spares the way through libuv's poll and its check phase: a quarter of a wake's cost. Before it, libuv's clock
 * still shows the time before the wait, and timers that a callback starts begin with it; after it, the turn took time. */
static void on_prepare(void *handle) {
    struct wl_hook *hook = uv_handle_get_data(handle);
    if (hook->nap && hook->watches[WL_WATCH_EVENT]) return prepare_poll(hook);
    for (;;) {
        let_go(hook);
        enum wl_nap_end nap = hook->nap ? wl_nap(hook->nap, hook->slot, &hook->ring, hook->uv_loop) : WL_NAP_NONE;
        if (nap == WL_NAP_TIME) return;
        if (nap == WL_NAP_NONE && tell(hook, WL_PREPARE, uv_backend_timeout(hook->uv_loop)) != WL_RUN_TURN) return;
        uv_update_time(hook->uv_loop);
        if (!run_turns(hook, nap == WL_NAP_WOKEN ? WL_WOKEN : WL_TURN)) return;
        uv_update_time(hook->uv_loop);
    }
}

static struct wl_hook *hook_of(void *handle) {
    struct wl_hook *hook = uv_handle_get_data(handle);
    if (hook->nap) wl_rest_end(hook->nap, hook->slot);
    return hook;
}

static void on_event_fd(void *handle, int status, int events) {
    (void)status, (void)events;
    struct wl_hook *hook = hook_of(handle);
    eventfd_t count;
    eventfd_read(hook->slot->event_fd, &count);
    run_turns(hook, WL_EVENT_FD);
}

static void on_ring(void *handle, int status, int events) {
    (void)status, (void)events;
    run_turns(hook_of(handle), WL_RING);
}

static void on_descriptors(void *handle, int status, int events) {
    (void)status, (void)events;
    tell(hook_of(handle), WL_DESCRIPTORS, 0);
}

static void on_child(void *handle, int number) {
    (void)number;
    tell(hook_of(handle), WL_CHILD, 0);
}

static void *reference_to_global_function(void *env, const char *name) {
    void *global, *function, *reference = NULL;
    if (napi_get_global(env, &global) == 0 && napi_get_named_property(env, global, name, &function) == 0)
        napi_create_reference(env, function, 1, &reference);
    return reference;
}

/* Starts telling the function, found under its name in the global object, before each of libuv's polls; the handle does
 * not keep the loop alive. NULL when libuv or Node-API refuse. */
uintptr_t wl_hook_open(void *env, void *uv_loop, const char *function, int slot_index) {
    struct wl_hook *hook = calloc(1, sizeof *hook);
    if (!hook) return 0;
    hook->env = env;
    hook->uv_loop = uv_loop;
    hook->slot = &wl_registry_memory.slots[slot_index];
    hook->ring.fd = -1;
    hook->descriptors.epoll_fd = -1;
    hook->on_event = reference_to_global_function(env, function);
    hook->prepare = calloc(1, uv_handle_size(UV_PREPARE));
    if (!hook->on_event || !hook->prepare || uv_prepare_init(uv_loop, hook->prepare) != 0) goto failed;
    uv_handle_set_data(hook->prepare, hook);
    uv_prepare_start(hook->prepare, on_prepare);
    uv_unref(hook->prepare);
    napi_add_env_cleanup_hook(env, clean_up, hook);
    return (uintptr_t)hook;
failed:
    free(hook->prepare);
    free(hook);
    return 0;
}

/* Lets libuv's own poll wake the loop: by its eventfd, by its ring, or by one of the fds that it waits for. A negative result
 * is libuv's error. The handle is ours and not koffi's: koffi.node.poll leaves its handle open when a thread is terminated,
 * which crashes the process. */
int wl_hook_watch(uintptr_t address, int watch, int fd) {
    static void (*const callbacks[WL_WATCHES])(void *, int, int) = {on_event_fd, on_ring, on_descriptors};
    struct wl_hook *hook = (struct wl_hook *)address;
    void *handle = calloc(1, uv_handle_size(UV_POLL));
    if (!handle) return -ENOMEM;
    int result = uv_poll_init(hook->uv_loop, handle, fd);
    if (result < 0) return free(handle), result;
    uv_handle_set_data(handle, hook);
    hook->watches[watch] = handle;
    uv_poll_start(handle, UV_READABLE, callbacks[watch]);
    uv_unref(handle);
    return 0;
}

/* Tells WL_DESCRIPTORS once one of the events holds of the fd; then wl_hook_take says of which. Returns 0 or -errno. */
int wl_hook_wait(uintptr_t address, uint32_t number, int fd, uint32_t events) {
    struct wl_hook *hook = (struct wl_hook *)address;
    int result = wl_descriptor_set_open(&hook->descriptors);
    if (result == 0 && !hook->watches[WL_WATCH_DESCRIPTORS])
        result = wl_hook_watch(address, WL_WATCH_DESCRIPTORS, hook->descriptors.epoll_fd);
    return result < 0 ? result : wl_descriptor_set_add(&hook->descriptors, number, fd, events);
}

void wl_hook_end_wait(uintptr_t address, uint32_t number) {
    wl_descriptor_set_remove(&((struct wl_hook *)address)->descriptors, number);
}

int wl_hook_take(uintptr_t address, uintptr_t ready, int most) {
    return wl_descriptor_set_take(&((struct wl_hook *)address)->descriptors, (struct wl_ready *)ready, most);
}

/* Tells WL_CHILD after each SIGCHLD, or no longer. Returns 0 or -errno. */
int wl_hook_children(uintptr_t address, int is_wanted) {
    struct wl_hook *hook = (struct wl_hook *)address;
    if (!is_wanted) return hook->children ? uv_signal_stop(hook->children) : 0;
    if (!hook->children) {
        void *handle = calloc(1, uv_handle_size(UV_SIGNAL));
        int result = handle ? uv_signal_init(hook->uv_loop, handle) : -ENOMEM;
        if (result < 0) return free(handle), result;
        uv_handle_set_data(handle, hook);
        uv_unref(handle);
        hook->children = handle;
    }
    return uv_signal_start(hook->children, on_child, SIGCHLD);
}

/* The orderly end: the same clean-up, from JavaScript. The hook's address is void afterwards. */
void wl_hook_close(uintptr_t address) {
    struct wl_hook *hook = (struct wl_hook *)address;
    napi_remove_env_cleanup_hook(hook->env, clean_up, hook);
    napi_delete_reference(hook->env, hook->on_event);
    clean_up(hook);
}

/* From now on the loop may sleep without JavaScript, between turns that end at rest. */
void wl_hook_let_nap(uintptr_t address, uintptr_t nap) { ((struct wl_hook *)address)->nap = (struct wl_nap *)nap; }

void wl_hook_ref(uintptr_t address) { uv_ref(((struct wl_hook *)address)->prepare); }
void wl_hook_unref(uintptr_t address) { uv_unref(((struct wl_hook *)address)->prepare); }
