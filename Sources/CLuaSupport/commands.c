// Commands of the shell, run and read from or written to, that an interruption ends.
//
// The C library waits for a command whatever happens: `system` does not see an interruption meanwhile, and `pclose` waits on after one. Here
// both wait in a loop that looks, after every signal, whether to stop, and then passes the interruption on to the command.
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// A stream with the command at its other end; to the library it is a file as any other.
typedef struct {
    luaL_Stream stream;
    pid_t command;
} avips_command;

// Starts a command with a file in the place of its standard input or output, where `target` is one; 0 or the number of an error.
static int start(const char *command, int file, int target, pid_t *process) {
    char *const arguments[] = {"sh", "-c", "--", (char *)command, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    if (target >= 0) error = posix_spawn_file_actions_adddup2(&actions, file, target);
    if (error == 0) error = posix_spawn(process, "/bin/sh", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

// MARK: Processes

enum { most_children = 256 };

// What a process has started and waits for; how many there are.
static int children_of(pid_t process, pid_t children[most_children]) {
    int count = 0;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)process, (int)process);
    FILE *list = fopen(path, "re");
    while (list && count < most_children && fscanf(list, "%d", &children[count]) == 1) count++;
    if (list) fclose(list);
    return count;
}

// To the shell and to all that it runs, which it would wait for; to the shell first, so that it begins nothing new.
static void signal_all(pid_t process, int number) {
    pid_t children[most_children];
    int count = children_of(process, children);
    kill(process, number);
    for (int child = 0; child < count; child++) signal_all(children[child], number);
}

// What asks a command to end where running code is to stop.
static int ending_signal(void) { return avips_ending_signal() != 0 ? SIGTERM : SIGINT; }

// Whether SIGINT is in a set of signals of a process: "SigIgn", those that it ignores, or "SigCgt", those that it catches.
static bool has_interrupt(pid_t process, const char *set) {
    char path[64], line[256];
    unsigned long long signals = 0;
    size_t length = strlen(set);
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, set, length) == 0 && line[length] == ':') signals = strtoull(line + length + 1, NULL, 16);
    }
    if (status) fclose(status);
    return signals >> (SIGINT - 1) & 1;
}

// Whether Ctrl-C is nothing to a command: what it runs ignores it, and so does the command, or it waits for what it runs.
static bool is_deaf(pid_t command) {
    pid_t children[most_children];
    int count = children_of(command, children);
    for (int child = 0; child < count; child++) {
        if (!has_interrupt(children[child], "SigIgn")) return false;
    }
    return has_interrupt(command, "SigIgn") || (count > 0 && has_interrupt(command, "SigCgt"));
}

// MARK: Waiting

// A press that the command ignores, after others that it ignored as well: the first tells what the next ones do.
static void insist(lua_State *L, pid_t command, int before) {
    if (before == 0) {
        avips_say("\nthe command ignores Ctrl-C; press again to end it (SIGTERM, then SIGKILL)\n");
        return;
    }
    // Whoever ends the command so wants the prompt back.
    avips_interrupt_raise(avips_host_of(L)->interrupt);
    signal_all(command, before == 1 ? SIGTERM : SIGKILL);
    // What is left then is for the process's own end to leave behind.
    if (before > 1) avips_give_keys(avips_keys_own);
}

// The status of a command that has ended; an interruption is passed on to it, once for every signal that arrives.
static int wait_for(lua_State *L, pid_t command) {
    int status, presses = avips_presses(), ignored = 0;
    while (true) {
        if (avips_must_stop(avips_host_of(L))) signal_all(command, ending_signal());
        if (avips_presses() != presses) {
            presses = avips_presses();
            if (is_deaf(command)) insist(L, command, ignored++);
        }
        if (waitpid(command, &status, 0) == command) return status;
        if (errno != EINTR) return -1;
    }
}

int avips_run_command(lua_State *L, const char *command) {
    pid_t process;
    avips_give_keys(avips_keys_of_command);
    int error = start(command, -1, -1, &process), status = -1;
    if (error == 0) {
        status = wait_for(L, process);
        error = status == -1 ? errno : 0;
    }
    avips_give_keys(avips_keys_own);
    errno = error;
    return status;
}

// A command that ends by Ctrl-C takes the script along, as a shell does.
static int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, NULL);
    errno = 0;
    if (command == NULL) {
        lua_pushboolean(L, system(NULL));
        return 1;
    }
    int status = avips_run_command(L, command), error = errno;
    if (error == 0 && ((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) || (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGINT)))
        avips_interrupt_raise(avips_host_of(L)->interrupt);
    avips_stop_if_asked(L);
    errno = error;
    return luaL_execresult(L, status);
}

const luaL_Reg avips_os_functions[] = {{"execute", execute}, {NULL, NULL}};

// MARK: popen

static int close_command(lua_State *L) {
    avips_command *command = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    fclose(command->stream.f);
    avips_give_keys(avips_keys_shared);
    int status = wait_for(L, command->command), error = errno;
    avips_give_keys(avips_keys_own);
    errno = status == -1 ? error : 0;
    return luaL_execresult(L, status);
}

void avips_stop_command_if_asked(lua_State *L, luaL_Stream *stream) {
    if (stream->closef == close_command && avips_must_stop(avips_host_of(L))) signal_all(((avips_command *)stream)->command, ending_signal());
    avips_stop_if_asked(L);
}

static int open_command(lua_State *L) {
    const char *text = luaL_checkstring(L, 1), *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, (mode[0] == 'r' || mode[0] == 'w') && mode[1] == '\0', 2, "invalid mode");
    bool reads = *mode == 'r';
    avips_command *command = lua_newuserdatauv(L, sizeof *command, 0);
    command->stream.closef = NULL;
    luaL_setmetatable(L, LUA_FILEHANDLE);
    // What was written so far comes before what the command writes.
    fflush(NULL);
    int ends[2];
    if (pipe(ends) != 0) return luaL_fileresult(L, 0, text);
    // What the command has is a copy, which it keeps.
    for (int end = 0; end < 2; end++) fcntl(ends[end], F_SETFD, FD_CLOEXEC);
    int own = ends[reads ? 0 : 1], other = ends[reads ? 1 : 0];
    command->stream.f = fdopen(own, mode);
    int error = command->stream.f == NULL ? errno : start(text, other, reads ? STDOUT_FILENO : STDIN_FILENO, &command->command);
    close(other);
    if (error == 0) {
        command->stream.closef = close_command;
        return 1;
    }
    if (command->stream.f == NULL) close(own);
    else fclose(command->stream.f);
    errno = error;
    return luaL_fileresult(L, 0, text);
}

const luaL_Reg avips_io_functions[] = {{"popen", open_command}, {NULL, NULL}};
