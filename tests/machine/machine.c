/* What a machine gives a program: certificates, paths with Cyrillic letters, clocks, refusals.
 * packaging/test runs it, on Windows and on Linux.
 *
 *     machine untrusted|trusted|file|times|install|remove
 */
#ifdef _WIN32
#include <windows.h>
#include <wincrypt.h>
#else
#define _POSIX_C_SOURCE 200809L
#include <time.h>
#endif

#include "../c/check.h"

#ifdef _WIN32
/* The environment is UTF-16; `getenv` would give it in the code page of the machine. */
static char *path_setting(const char *name)
{
    static char path[1024];
    wchar_t wide_name[64], wide[512];
    DWORD length;
    MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 64);
    length = GetEnvironmentVariableW(wide_name, wide, 512);
    CHECK_IN(length > 0 && length < 512, name);
    CHECK(WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, sizeof path, NULL, NULL) > 0);
    return path;
}

static double seconds(void)
{
    return (double)GetTickCount64() / 1000.0;
}
#else
static const char *path_setting(const char *name)
{
    return setting(name);
}

static double seconds(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}
#endif

/* ---- certificates ---- */

static void is_refused(const char *more)
{
    char *json = NULL;
    ymchat_client *client = open_client_at(setting("YMCHAT_TLS_URL"), more);
    ymchat_status status = ymchat_get_chats(client, NULL, &json);
    CHECK_IN(status == YMCHAT_NETWORK, json);
    CHECK_IN(strstr(json, "caFile") != NULL, json);
    ymchat_string_free(json);
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

static void is_accepted(const char *more)
{
    ymchat_client *client = open_client_at(setting("YMCHAT_TLS_URL"), more);
    GIVES("\"chats\"", ymchat_get_chats(client, NULL, out));
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
}

static void ca_file(void)
{
    char more[2048], *quoted = NULL;
    CHECK(ymchat_json_quote(path_setting("YMCHAT_CA_FILE"), &quoted) == YMCHAT_OK);
    snprintf(more, sizeof more, ", \"caFile\": %s", quoted);
    ymchat_string_free(quoted);
    is_accepted(more);
}

#ifdef _WIN32
/* The user's store of trusted authorities: on a real Windows this asks first. */
static void change_store(int install)
{
    static unsigned char der[65536];
    FILE *file = fopen(setting("YMCHAT_CA_DER"), "rb");
    HCERTSTORE store = CertOpenSystemStoreA(0, "ROOT");
    PCCERT_CONTEXT certificate;
    DWORD length;
    CHECK(file != NULL && store != NULL);
    length = (DWORD)fread(der, 1, sizeof der, file);
    fclose(file);
    certificate = CertCreateCertificateContext(X509_ASN_ENCODING, der, length);
    CHECK(certificate != NULL);
    if (install) {
        CHECK(CertAddCertificateContextToStore(store, certificate, CERT_STORE_ADD_ALWAYS, NULL));
    } else {
        PCCERT_CONTEXT found = CertFindCertificateInStore(
            store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, certificate, NULL);
        CHECK(found != NULL && CertDeleteCertificateFromStore(found));
    }
    CertFreeCertificateContext(certificate);
    CHECK(CertCloseStore(store, 0));
}
#endif

/* ---- waits ---- */

static double time_of_call(const char *url, const char *more, ymchat_status expected)
{
    char *json = NULL;
    ymchat_client *client = open_client_at(url, more);
    double start = seconds(), took;
    ymchat_status status = ymchat_get_chats(client, NULL, &json);
    took = seconds() - start;
    CHECK_IN(status == expected, json);
    ymchat_string_free(json);
    CHECK(ymchat_client_free(client) == YMCHAT_OK);
    return took;
}

/* Far from what a busy machine adds, and from the 60 s of a call that nobody ends. */
static void waits_end(void)
{
    double took = time_of_call(setting("YMCHAT_SILENT_URL"),
                               ", \"attemptTimeoutMs\": 300, \"maxAttempts\": 1", YMCHAT_TIMEOUT);
    printf("machine: a time-out of 300 ms took %.0f ms\n", took * 1000);
    CHECK(took >= 0.28 && took < 20);
    took = time_of_call(setting("YMCHAT_SILENT_URL"), ", \"callTimeoutMs\": 700", YMCHAT_TIMEOUT);
    CHECK(took >= 0.68 && took < 20);
    took = time_of_call(setting("YMCHAT_CLOSED_URL"),
                        ", \"maxAttempts\": 1, \"connectTimeoutMs\": 30000", YMCHAT_NETWORK);
    printf("machine: a refused connection took %.0f ms\n", took * 1000);
    CHECK(took < 20);
}

int main(int argc, char **argv)
{
    const char *task = argc == 2 ? argv[1] : "";
    if (strcmp(task, "untrusted") == 0) {
        is_refused("");
        is_refused(", \"trust\": \"system\"");
    } else if (strcmp(task, "trusted") == 0) {
        is_refused("");
        is_accepted(", \"trust\": \"system\"");
    } else if (strcmp(task, "file") == 0) {
        ca_file();
    } else if (strcmp(task, "times") == 0) {
        waits_end();
#ifdef _WIN32
    } else if (strcmp(task, "install") == 0) {
        change_store(1);
    } else if (strcmp(task, "remove") == 0) {
        change_store(0);
#endif
    } else {
        CHECK_IN(0, "the task is named");
    }
    printf("machine: %s: done\n", task);
    return 0;
}
