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

// To the shell, and to what it runs: it would wait for that.
static void pass_interruption_on(pid_t command) {
    int signal = avips_ending_signal() != 0 ? SIGTERM : SIGINT, child;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)command, (int)command);
    FILE *children = fopen(path, "re");
    kill(command, signal);
    while (children && fscanf(children, "%d", &child) == 1) kill(child, signal);
    if (children) fclose(children);
}

// The status of a command that has ended; an interruption is passed on to it, once for every signal that arrives.
static int wait_for(lua_State *L, pid_t command) {
    int status;
    while (true) {
        if (avips_must_stop(avips_host_of(L))) pass_interruption_on(command);
        if (waitpid(command, &status, 0) == command) return status;
        if (errno != EINTR) return -1;
    }
}

// While a command runs, Ctrl-C is the command's. One that ends by it takes the script along, as a shell does; one that lives on has made
// something of its own of it. An interruption of this process alone is passed on.
static int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, NULL);
    errno = 0;
    if (command == NULL) {
        lua_pushboolean(L, system(NULL));
        return 1;
    }
    pid_t process;
    avips_leave_keys_to_command(true);
    int error = start(command, -1, -1, &process), status = -1;
    if (error == 0) {
        status = wait_for(L, process);
        error = status == -1 ? errno : 0;
    }
    avips_leave_keys_to_command(false);
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
    errno = 0;
    return luaL_execresult(L, wait_for(L, command->command));
}

void avips_stop_command_if_asked(lua_State *L, luaL_Stream *stream) {
    if (stream->closef == close_command && avips_must_stop(avips_host_of(L))) pass_interruption_on(((avips_command *)stream)->command);
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
