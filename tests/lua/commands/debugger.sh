# debug.debug: lines of standard input run as chunks, until `cont` or the end; prompts and errors on standard error.

t() {
    printf '%s\n' "--"
    printf "$@" | lua -e 'local seen = "local" x = 1 print(debug.debug()) print(x, io.read("*a"))' 2>&1
    echo "status $?"
}

t 'x = x + 1\nprint(x)\ncont\nleft over\n'
t 'cont'
t 'x = 7'
t ''
t 'x =\nprint("next line")\nerror("thrown")\nerror("bare", 0)\nreturn 5\n=x\ncont\n'
t 'print(seen)\nlocal y = 3\nprint(y)\n'
t 'debug.debug()\nprint("inner")\ncont\nprint("outer")\ncont\nrest'
t 'cont \ncontinue\n cont\ncont\n'
t 'print(debug.traceback("here"))\n'
t "x = '$(printf '%0260d' 7)'\ncont\n"
