/* A host for the 1C add-in, as severe as it can be: it loads the library, calls its objects by the
 * slots of their tables as 1C:Enterprise and OneScript do, and is told what to do line by line on
 * its standard input. Every memory it hands out is filled with 0xAA, has guards on both sides, and
 * is counted; its own destructor slots abort.
 *
 * A line is a command and its arguments, separated by tabs; the answer is a line, too. A value is
 *   e  nothing    i:5  I4    l:5  I8    r:0.5  R8    b:1  BOOL    s:text    x:00ff  BLOB
 *   t:2026,11,20,10,0,0  TM    v:9  a variant of another type
 * In texts, \t \n \r \\ are escapes, and \u0041 is one unit of UTF-16.
 *
 * Linux: cc -std=c99 host.c -ldl -lpthread       Windows: x86_64-w64-mingw32-gcc host.c
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef _WIN32
#include <windows.h>
#include <fcntl.h>
#include <io.h>
#define CALL __stdcall
#define DESTRUCTORS 1
typedef CRITICAL_SECTION lock_type;
#define LOCK_INIT(l) InitializeCriticalSection(l)
#define LOCK(l) EnterCriticalSection(l)
#define UNLOCK(l) LeaveCriticalSection(l)
#else
#include <dlfcn.h>
#include <pthread.h>
#define CALL
#define DESTRUCTORS 2
typedef pthread_mutex_t lock_type;
#define LOCK_INIT(l) pthread_mutex_init(l, NULL)
#define LOCK(l) pthread_mutex_lock(l)
#define UNLOCK(l) pthread_mutex_unlock(l)
#endif

#define MAX_FIELDS 80
#define MAX_SLOTS 16
#define GUARD 32

typedef uint16_t unit;
typedef unsigned char boolean;

/* ---- Layouts, as the platform's headers have them ---- */

struct tag_guid { uint32_t a; uint16_t b, c; uint8_t d[8]; };

typedef struct variant {
    union {
        int32_t lVal;
        int64_t llVal;
        double dblVal;
        boolean bVal;
        struct tm tmVal;
        struct { void *pInterfaceVal; struct tag_guid InterfaceID; } in;
        struct { char *pstrVal; uint32_t strLen; } str;
        struct { unit *pwstrVal; uint32_t wstrLen; } wstr;
    } u;
    uint32_t cbElements;
    uint16_t vt;
} variant;

enum { T_EMPTY = 0, T_I4 = 3, T_R8 = 5, T_TM = 7, T_BOOL = 11, T_I8 = 17, T_PWSTR = 22, T_BLOB = 23 };

static void die(const char *why)
{
    fprintf(stderr, "host: %s\n", why);
    fflush(stderr);
    _Exit(99);
}

/* ---- Memory ---- */

typedef struct block {
    struct block *next, *prior;
    size_t size;
    uint64_t magic;
    unsigned char guard[GUARD];
} block;

#define ALIVE UINT64_C(0x1C1C1C1CA11FE1C1)
#define DEAD UINT64_C(0xDEADDEADDEADDEAD)

static block blocks = {&blocks, &blocks, 0, 0, {0}};
static lock_type memory_lock;
static long live, total;
/* How many more allocations are granted; -1 for all. */
static long granted = -1;

static void *take(size_t size)
{
    block *b = malloc(sizeof *b + size + GUARD);
    if (!b) die("no memory");
    b->size = size;
    b->magic = ALIVE;
    memset(b->guard, 0x5C, GUARD);
    memset(b + 1, 0xAA, size);
    memset((unsigned char *)(b + 1) + size, 0x5C, GUARD);
    LOCK(&memory_lock);
    b->next = blocks.next;
    b->prior = &blocks;
    blocks.next->prior = b;
    blocks.next = b;
    live++;
    total++;
    UNLOCK(&memory_lock);
    return b + 1;
}

static void check(const block *b)
{
    const unsigned char *end = (const unsigned char *)(b + 1) + b->size;
    int i;
    if (b->magic == DEAD) die("memory is freed twice");
    if (b->magic != ALIVE) die("memory is freed that the host did not give");
    for (i = 0; i < GUARD; i++)
        if (b->guard[i] != 0x5C || end[i] != 0x5C) die("memory was written beside a block");
}

static void release(void *memory)
{
    block *b = (block *)memory - 1;
    if (!memory) return;
    check(b);
    LOCK(&memory_lock);
    b->next->prior = b->prior;
    b->prior->next = b->next;
    live--;
    UNLOCK(&memory_lock);
    b->magic = DEAD;
    memset(memory, 0xDD, b->size);
    free(b);
}

static boolean CALL alloc_memory(void *self, void **memory, unsigned long bytes)
{
    boolean given = 1;
    (void)self;
    LOCK(&memory_lock);
    if (granted == 0) given = 0;
    if (granted > 0) granted--;
    UNLOCK(&memory_lock);
    *memory = given ? take(bytes) : NULL;
    return given;
}

static void CALL free_memory(void *self, void **memory)
{
    (void)self;
    release(*memory);
    *memory = NULL;
}

/* ---- Texts ---- */

/* Escaped UTF-8 as UTF-16, in memory of exactly its size; the length without a NUL. */
static unit *units_of(const char *text, uint32_t *length, int with_nul)
{
    size_t n = strlen(text), count = 0;
    unit *wide = malloc((n + 1) * sizeof *wide), *exact;
    const unsigned char *p = (const unsigned char *)text;
    while (*p) {
        uint32_t c = *p++;
        if (c == '\\') {
            c = *p++;
            if (c == 't') c = '\t';
            else if (c == 'n') c = '\n';
            else if (c == 'r') c = '\r';
            else if (c == 'u') {
                char digits[5] = {0};
                memcpy(digits, p, 4);
                p += 4;
                wide[count++] = (unit)strtoul(digits, NULL, 16);
                continue;
            }
        } else if (c >= 0xF0) {
            c = (c & 7) << 18 | (p[0] & 63u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
            p += 3;
        } else if (c >= 0xE0) {
            c = (c & 15) << 12 | (p[0] & 63u) << 6 | (p[1] & 63u);
            p += 2;
        } else if (c >= 0xC0) {
            c = (c & 31) << 6 | (p[0] & 63u);
            p += 1;
        }
        if (c >= 0x10000) {
            wide[count++] = (unit)(0xD800 + ((c - 0x10000) >> 10));
            wide[count++] = (unit)(0xDC00 + ((c - 0x10000) & 0x3FF));
        } else {
            wide[count++] = (unit)c;
        }
    }
    *length = (uint32_t)count;
    exact = take((count + (with_nul ? 1 : 0)) * sizeof *exact);
    memcpy(exact, wide, count * sizeof *exact);
    if (with_nul) exact[count] = 0;
    free(wide);
    return exact;
}

static void print_units(FILE *out, const unit *text, size_t length)
{
    size_t i;
    for (i = 0; i < length; i++) {
        uint32_t c = text[i];
        if (c == '\t') fputs("\\t", out);
        else if (c == '\n') fputs("\\n", out);
        else if (c == '\r') fputs("\\r", out);
        else if (c == '\\') fputs("\\\\", out);
        else if (c >= 0xD800 && c < 0xDC00 && i + 1 < length && text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + (text[++i] - 0xDC00u);
            fputc((int)(0xF0 | c >> 18), out);
            fputc((int)(0x80 | (c >> 12 & 63)), out);
            fputc((int)(0x80 | (c >> 6 & 63)), out);
            fputc((int)(0x80 | (c & 63)), out);
        } else if ((c >= 0xD800 && c < 0xE000) || c < 32) fprintf(out, "\\u%04X", (unsigned)c);
        else if (c < 0x80) fputc((int)c, out);
        else if (c < 0x800) {
            fputc((int)(0xC0 | c >> 6), out);
            fputc((int)(0x80 | (c & 63)), out);
        } else {
            fputc((int)(0xE0 | c >> 12), out);
            fputc((int)(0x80 | (c >> 6 & 63)), out);
            fputc((int)(0x80 | (c & 63)), out);
        }
    }
}

static size_t units_length(const unit *text)
{
    size_t n = 0;
    while (text[n]) n++;
    return n;
}

/* ---- The host's own objects ---- */

static void abort_slot(void) { die("the add-in called a destructor of the host"); }
static void other_slot(void) { die("the add-in called a function that it has no use for"); }

typedef struct connection {
    void *const *table;
    /* What AddError was told last. */
    unit *text;
    unsigned code;
    long scode;
    int is_gone;
    /* What the host does to the object while AddError runs: "done", "delete", "destroy"; or NULL. */
    const char *at_error;
} connection;

static lock_type error_lock;

static void end_object(connection *self);

static boolean CALL add_error(connection *self, unsigned short code, const unit *source, const unit *text, long scode)
{
    static const unit name[] = {'Y', 'M', 'C', 'h', 'a', 't', 0};
    size_t n = units_length(text) + 1;
    if (self->is_gone) die("AddError is called after Done");
    if (memcmp(source, name, sizeof name) != 0) die("AddError has another source");
    LOCK(&error_lock);
    free(self->text);
    self->text = malloc(n * sizeof *text);
    memcpy(self->text, text, n * sizeof *text);
    self->code = code;
    self->scode = scode;
    UNLOCK(&error_lock);
    if (self->at_error) end_object(self);
    return 1;
}

#define OTHER (void *)other_slot
#define HOST_DESTRUCTOR (void *)abort_slot
static void *const connection_table[] = {
    HOST_DESTRUCTOR,
#if DESTRUCTORS == 2
    HOST_DESTRUCTOR,
#endif
    (void *)add_error, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER};
static void *const memory_table[] = {
    HOST_DESTRUCTOR,
#if DESTRUCTORS == 2
    HOST_DESTRUCTOR,
#endif
    (void *)alloc_memory, (void *)free_memory};

static struct { void *const *table; } manager = {memory_table};

/* ---- The add-in ---- */

typedef const unit *(*get_class_names)(void);
typedef long (*get_class_object)(const unit *, void **);
typedef long (*destroy_object)(void **);
typedef int (*set_platform_capabilities)(int);
typedef int (*get_attach_type)(void);

static const char *library_path;
static void *library;
static get_class_names GetClassNames;
static get_class_object GetClassObject;
static destroy_object DestroyObject;
static set_platform_capabilities SetPlatformCapabilities;
static get_attach_type GetAttachType;

static void *symbol(const char *name)
{
    void *found;
#ifdef _WIN32
    found = (void *)GetProcAddress((HMODULE)library, name);
#else
    found = dlsym(library, name);
#endif
    if (!found) die(name);
    return found;
}

static void load(void)
{
#ifdef _WIN32
    library = LoadLibraryA(library_path);
    if (!library) die("LoadLibrary failed");
#else
    library = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    if (!library) die(dlerror());
#endif
    GetClassNames = (get_class_names)symbol("GetClassNames");
    GetClassObject = (get_class_object)symbol("GetClassObject");
    DestroyObject = (destroy_object)symbol("DestroyObject");
    SetPlatformCapabilities = (set_platform_capabilities)symbol("SetPlatformCapabilities");
    GetAttachType = (get_attach_type)symbol("GetAttachType");
}

static void unload(void)
{
#ifdef _WIN32
    FreeLibrary((HMODULE)library);
#else
    dlclose(library);
#endif
}

/* The object is four pointers to tables; `this` of an interface is the address of its pointer. */
typedef void **object;
enum { INIT_DONE, EXTENDER, LOCALE, USER_LANGUAGE };
#define SLOT(o, k, i) (((void **)(o)[k])[DESTRUCTORS + (i)])
#define OF(o, k) ((void *)&(o)[k])

static boolean o_init(object o, void *c) { return ((boolean(CALL *)(void *, void *))SLOT(o, INIT_DONE, 0))(OF(o, INIT_DONE), c); }
static boolean o_memory(object o, void *m) { return ((boolean(CALL *)(void *, void *))SLOT(o, INIT_DONE, 1))(OF(o, INIT_DONE), m); }
static long o_info(object o) { return ((long(CALL *)(void *))SLOT(o, INIT_DONE, 2))(OF(o, INIT_DONE)); }
static void o_done(object o) { ((void(CALL *)(void *))SLOT(o, INIT_DONE, 3))(OF(o, INIT_DONE)); }
static boolean o_extension(object o, unit **n) { return ((boolean(CALL *)(void *, unit **))SLOT(o, EXTENDER, 0))(OF(o, EXTENDER), n); }
/* GetNProps 1, GetNMethods 8 */
static long o_count(object o, int i) { return ((long(CALL *)(void *))SLOT(o, EXTENDER, i))(OF(o, EXTENDER)); }
/* FindProp 2, FindMethod 9 */
static long o_find(object o, int i, const unit *n) { return ((long(CALL *)(void *, const unit *))SLOT(o, EXTENDER, i))(OF(o, EXTENDER), n); }
/* GetPropName 3, GetMethodName 10 */
static unit *o_name(object o, int i, long n, long a) { return ((unit *(CALL *)(void *, long, long))SLOT(o, EXTENDER, i))(OF(o, EXTENDER), n, a); }
/* GetPropVal 4, SetPropVal 5 */
static boolean o_prop(object o, int i, long n, variant *v) { return ((boolean(CALL *)(void *, long, variant *))SLOT(o, EXTENDER, i))(OF(o, EXTENDER), n, v); }
/* IsPropReadable 6, IsPropWritable 7, HasRetVal 13 */
static boolean o_flag(object o, int i, long n) { return ((boolean(CALL *)(void *, long))SLOT(o, EXTENDER, i))(OF(o, EXTENDER), n); }
static long o_params(object o, long n) { return ((long(CALL *)(void *, long))SLOT(o, EXTENDER, 11))(OF(o, EXTENDER), n); }
static boolean o_default(object o, long n, long p, variant *v) { return ((boolean(CALL *)(void *, long, long, variant *))SLOT(o, EXTENDER, 12))(OF(o, EXTENDER), n, p, v); }
static boolean o_proc(object o, long n, variant *p, long c) { return ((boolean(CALL *)(void *, long, variant *, long))SLOT(o, EXTENDER, 14))(OF(o, EXTENDER), n, p, c); }
static boolean o_func(object o, long n, variant *r, variant *p, long c) { return ((boolean(CALL *)(void *, long, variant *, variant *, long))SLOT(o, EXTENDER, 15))(OF(o, EXTENDER), n, r, p, c); }
static void o_locale(object o, int k, const unit *t) { ((void(CALL *)(void *, const unit *))SLOT(o, k, 0))(OF(o, k), t); }

/* The destructor of the C++ compiler, from the k-th base class; slot 1 is that of Linux which frees. */
static void o_delete(object o, int k, int frees)
{
#ifdef _WIN32
#ifdef __i386__
    typedef void *(__attribute__((thiscall)) * destructor)(void *, unsigned);
#else
    typedef void *(*destructor)(void *, unsigned);
#endif
    ((destructor)((void **)o[k])[0])(OF(o, k), (unsigned)frees);
#else
    ((void (*)(void *))((void **)o[k])[frees])(OF(o, k));
#endif
}

static object objects[MAX_SLOTS];
static connection connections[MAX_SLOTS];

/* In the middle of an AddError. */
static void end_object(connection *self)
{
    int slot = (int)(self - connections);
    void *held = objects[slot];
    char way = self->at_error[2];
    self->at_error = NULL;
    if (way == 'n') o_done(held);
    else if (way == 'l') o_delete(held, 0, 1);
    else DestroyObject(&held);
    self->is_gone = 1;
    if (way != 'n') objects[slot] = NULL;
}

/* ---- Values ---- */

static variant parse_value(const char *text)
{
    variant v;
    const char *rest = text[0] && text[1] == ':' ? text + 2 : text + 1;
    memset(&v, 0xAA, sizeof v);
    v.cbElements = 0;
    v.vt = T_EMPTY;
    switch (text[0]) {
    case 'e': break;
    case 'i': v.vt = T_I4; v.u.lVal = (int32_t)strtol(rest, NULL, 10); break;
    case 'l': v.vt = T_I8; v.u.llVal = strtoll(rest, NULL, 10); break;
    case 'r': v.vt = T_R8; v.u.dblVal = strtod(rest, NULL); break;
    case 'b': v.vt = T_BOOL; v.u.bVal = rest[0] == '1'; break;
    case 's': v.vt = T_PWSTR; v.u.wstr.pwstrVal = units_of(rest, &v.u.wstr.wstrLen, 0); break;
    case 'x': {
        size_t i, n = strlen(rest) / 2;
        v.vt = T_BLOB;
        v.u.str.pstrVal = take(n);
        v.u.str.strLen = (uint32_t)n;
        for (i = 0; i < n; i++) {
            char digits[3] = {rest[2 * i], rest[2 * i + 1], 0};
            v.u.str.pstrVal[i] = (char)strtoul(digits, NULL, 16);
        }
        break;
    }
    case 't':
        v.vt = T_TM;
        sscanf(rest, "%d,%d,%d,%d,%d,%d", &v.u.tmVal.tm_year, &v.u.tmVal.tm_mon, &v.u.tmVal.tm_mday,
            &v.u.tmVal.tm_hour, &v.u.tmVal.tm_min, &v.u.tmVal.tm_sec);
        v.u.tmVal.tm_year -= 1900;
        v.u.tmVal.tm_mon -= 1;
        break;
    case 'v': v.vt = (uint16_t)strtol(rest, NULL, 10); break;
    default: die("a value is not understood");
    }
    return v;
}

static void clear(variant *v)
{
    if (v->vt == T_PWSTR) release(v->u.wstr.pwstrVal);
    if (v->vt == T_BLOB) release(v->u.str.pstrVal);
    v->vt = T_EMPTY;
}

static void print_value(FILE *out, const variant *v)
{
    uint32_t i;
    if (v->cbElements != 0) die("cbElements is not 0");
    switch (v->vt) {
    case T_EMPTY: fputs("e", out); break;
    case T_I4: fprintf(out, "i:%ld", (long)v->u.lVal); break;
    case T_R8: fprintf(out, "r:%.17g", v->u.dblVal); break;
    case T_BOOL: fprintf(out, "b:%d", v->u.bVal); break;
    case T_PWSTR:
        check((const block *)v->u.wstr.pwstrVal - 1);
        if (v->u.wstr.pwstrVal[v->u.wstr.wstrLen] != 0) die("a text does not end with a NUL");
        if (((const block *)v->u.wstr.pwstrVal)[-1].size != (v->u.wstr.wstrLen + 1u) * sizeof(unit)) die("a text has memory of another size");
        fputs("s:", out);
        print_units(out, v->u.wstr.pwstrVal, v->u.wstr.wstrLen);
        break;
    case T_BLOB:
        fputs("x:", out);
        for (i = 0; i < v->u.str.strLen; i++) fprintf(out, "%02x", (unsigned char)v->u.str.pstrVal[i]);
        break;
    default: die("a value of a type that no host understands");
    }
}

/* ---- Calls ---- */

typedef struct job {
    int slot, count, is_function;
    long number, times;
    variant values[MAX_FIELDS];
    variant result;
    boolean returned;
#ifdef _WIN32
    HANDLE thread;
#else
    pthread_t thread;
#endif
} job;

static job jobs[MAX_SLOTS];

static void run(job *j)
{
    long i;
    object o = objects[j->slot];
    variant *values = j->count ? j->values : NULL;
    for (i = 0; i < j->times; i++) {
        /* As a host that does not initialise it. */
        memset(&j->result, 0xAA, sizeof j->result);
        j->result.cbElements = 0;
        if (j->is_function) {
            j->returned = o_func(o, j->number, &j->result, values, j->count);
            if (i + 1 < j->times) clear(&j->result);
        } else {
            j->result.vt = T_EMPTY;
            j->returned = o_proc(o, j->number, values, j->count);
        }
    }
}

#ifdef _WIN32
static DWORD WINAPI thread_main(void *argument) { run(argument); return 0; }
#else
static void *thread_main(void *argument) { run(argument); return NULL; }
#endif

static void print_error(FILE *out, connection *c)
{
    LOCK(&error_lock);
    if (!c->text) {
        fputs("\t-", out);
    } else {
        fprintf(out, "\t%u,%ld,", c->code, c->scode);
        print_units(out, c->text, units_length(c->text));
        free(c->text);
        c->text = NULL;
    }
    UNLOCK(&error_lock);
}

static void finish(job *j)
{
    int i;
    printf("%d\t", j->returned);
    print_value(stdout, &j->result);
    print_error(stdout, &connections[j->slot]);
    clear(&j->result);
    for (i = 0; i < j->count; i++) clear(&j->values[i]);
}

static void prepare(job *j, char **fields, int count, long times)
{
    int i;
    j->slot = atoi(fields[1]);
    j->number = strtol(fields[2], NULL, 10);
    j->times = times;
    j->count = count - 3;
    for (i = 0; i < j->count; i++) j->values[i] = parse_value(fields[i + 3]);
}

static void begin(job *j)
{
#ifdef _WIN32
    j->thread = CreateThread(NULL, 0, thread_main, j, 0, NULL);
    if (!j->thread) die("no thread");
#else
    if (pthread_create(&j->thread, NULL, thread_main, j)) die("no thread");
#endif
}

static void end(job *j)
{
#ifdef _WIN32
    WaitForSingleObject(j->thread, INFINITE);
    CloseHandle(j->thread);
#else
    pthread_join(j->thread, NULL);
#endif
}

static void named(unit *text)
{
    if (!text) {
        fputs("null", stdout);
        return;
    }
    print_units(stdout, text, units_length(text));
    release(text);
}

/* ---- Commands ---- */

static int is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static void command(char **f, int n)
{
    int slot = n > 1 ? atoi(f[1]) % MAX_SLOTS : 0;
    object o = objects[slot];
    uint32_t length;
    unit *text;
    variant v;
    memset(&v, 0xAA, sizeof v);
    if (is(f[0], "classes")) {
        const unit *names = GetClassNames();
        print_units(stdout, names, units_length(names));
    } else if (is(f[0], "attach")) {
        printf("%d", GetAttachType());
    } else if (is(f[0], "capabilities")) {
        printf("%d", SetPlatformCapabilities(atoi(f[1])));
    } else if (is(f[0], "new")) {
        void *made = NULL;
        long returned;
        text = n > 2 ? units_of(f[2], &length, 1) : NULL;
        returned = GetClassObject(text, &made);
        release(text);
        objects[slot] = made;
        printf("%d\t%d", returned != 0, made != NULL);
    } else if (is(f[0], "nowhere")) {
        text = units_of("YMChat", &length, 1);
        printf("%ld\t%ld", GetClassObject(text, NULL), DestroyObject(NULL));
        release(text);
    } else if (is(f[0], "init")) {
        connections[slot].table = connection_table;
        connections[slot].is_gone = 0;
        connections[slot].at_error = NULL;
        printf("%d", o_init(o, &connections[slot]));
    } else if (is(f[0], "initnull")) {
        printf("%d\t%d", o_init(o, NULL), o_memory(o, NULL));
    } else if (is(f[0], "memory")) {
        printf("%d", o_memory(o, &manager));
    } else if (is(f[0], "info")) {
        printf("%ld", o_info(o));
    } else if (is(f[0], "done")) {
        o_done(o);
        connections[slot].is_gone = 1;
        printf("done");
    } else if (is(f[0], "aterror")) {
        connections[slot].at_error = is(f[2], "done") ? "done" : is(f[2], "delete") ? "delete" : "destroy";
        printf("set");
    } else if (is(f[0], "extension")) {
        unit *name = NULL;
        boolean returned = o_extension(o, &name);
        printf("%d\t", returned);
        named(name);
    } else if (is(f[0], "locale") || is(f[0], "language")) {
        text = units_of(f[2], &length, 1);
        o_locale(o, is(f[0], "locale") ? LOCALE : USER_LANGUAGE, text);
        release(text);
        printf("set");
    } else if (is(f[0], "destroy")) {
        void *held = o;
        long returned = DestroyObject(&held);
        printf("%ld\t%d", returned, held == NULL);
        objects[slot] = NULL;
    } else if (is(f[0], "delete")) {
        o_delete(o, atoi(f[2]), 1);
        objects[slot] = NULL;
        printf("deleted");
    } else if (is(f[0], "destruct")) {
        o_delete(o, atoi(f[2]), 0);
        printf("destroyed");
    } else if (is(f[0], "count")) {
        printf("%ld\t%ld", o_count(o, 1), o_count(o, 8));
    } else if (is(f[0], "find")) {
        int kind = is(f[2], "property") ? 2 : 9;
        text = n > 3 ? units_of(f[3], &length, 1) : NULL;
        printf("%ld", o_find(o, kind, text));
        release(text);
    } else if (is(f[0], "name")) {
        named(o_name(o, is(f[2], "property") ? 3 : 10, strtol(f[3], NULL, 10), strtol(f[4], NULL, 10)));
    } else if (is(f[0], "readable") || is(f[0], "writable") || is(f[0], "result")) {
        printf("%d", o_flag(o, is(f[0], "readable") ? 6 : is(f[0], "writable") ? 7 : 13, strtol(f[2], NULL, 10)));
    } else if (is(f[0], "parameters")) {
        printf("%ld", o_params(o, strtol(f[2], NULL, 10)));
    } else if (is(f[0], "default")) {
        v.cbElements = 0;
        printf("%d\t", o_default(o, strtol(f[2], NULL, 10), strtol(f[3], NULL, 10), &v));
        print_value(stdout, &v);
        clear(&v);
    } else if (is(f[0], "get")) {
        boolean returned = o_prop(o, 4, strtol(f[2], NULL, 10), &v);
        printf("%d\t", returned);
        print_value(stdout, &v);
        print_error(stdout, &connections[slot]);
        clear(&v);
    } else if (is(f[0], "set")) {
        v = parse_value(f[3]);
        printf("%d\te", o_prop(o, 5, strtol(f[2], NULL, 10), &v));
        print_error(stdout, &connections[slot]);
        clear(&v);
    } else if (is(f[0], "function") || is(f[0], "procedure")) {
        job j;
        prepare(&j, f, n, 1);
        j.is_function = is(f[0], "function");
        run(&j);
        finish(&j);
    } else if (is(f[0], "size")) {
        /* A number of parameters that is none, and no parameters. */
        memset(&v, 0xAA, sizeof v);
        printf("%d\t", o_func(o, strtol(f[2], NULL, 10), &v, NULL, strtol(f[3], NULL, 10)));
        v.cbElements = 0;
        print_value(stdout, &v);
        print_error(stdout, &connections[slot]);
        clear(&v);
    } else if (is(f[0], "start")) {
        /* start <job> <times> <object> <method> <values> */
        job *j = &jobs[atoi(f[1]) % MAX_SLOTS];
        prepare(j, f + 2, n - 2, strtol(f[2], NULL, 10));
        j->is_function = 1;
        begin(j);
        printf("started");
    } else if (is(f[0], "join")) {
        end(&jobs[slot]);
        finish(&jobs[slot]);
    } else if (is(f[0], "grant")) {
        LOCK(&memory_lock);
        granted = strtol(f[1], NULL, 10);
        UNLOCK(&memory_lock);
        printf("granted");
    } else if (is(f[0], "live")) {
        block *b;
        LOCK(&memory_lock);
        for (b = blocks.next; b != &blocks; b = b->next) check(b);
        printf("%ld", live);
        UNLOCK(&memory_lock);
    } else if (is(f[0], "total")) {
        printf("%ld", total);
    } else if (is(f[0], "reload")) {
        long i, times = strtol(f[1], NULL, 10);
        for (i = 0; i < times; i++) {
            void *made = NULL;
            connection c = {connection_table, NULL, 0, 0, 0, NULL};
            unload();
            load();
            text = units_of("YMChat", &length, 1);
            GetClassObject(text, &made);
            release(text);
            if (!made) die("no object after loading again");
            o_memory(made, &manager);
            o_init(made, &c);
            v = parse_value(f[2]);
            if (!o_proc(made, 0, &v, 1)) die("it cannot be opened after loading again");
            clear(&v);
            o_done(made);
            o_delete(made, 0, 1);
            free(c.text);
        }
        printf("%ld", times);
    } else {
        die(f[0]);
    }
}

int main(int argc, char **argv)
{
    size_t room = 32u << 20;
    char *line = malloc(room);
    LOCK_INIT(&memory_lock);
    LOCK_INIT(&error_lock);
    if (sizeof(variant) != (DESTRUCTORS == 2 ? 64 : 48)) die("the layout of a variant is wrong");
    if (argc < 2 || !line) die("the library is missing");
#ifdef _WIN32
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
#endif
    library_path = argv[1];
    load();
    while (fgets(line, (int)room, stdin)) {
        char *fields[MAX_FIELDS], *at = line;
        int n = 0;
        line[strcspn(line, "\n")] = 0;
        while (n < MAX_FIELDS) {
            fields[n++] = at;
            at = strchr(at, '\t');
            if (!at) break;
            *at++ = 0;
        }
        command(fields, n);
        fputc('\n', stdout);
        fflush(stdout);
    }
    free(line);
    return 0;
}
