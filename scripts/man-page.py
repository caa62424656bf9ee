"""Writes looper(1) from the command tree that looper itself prints.

    looper --experimental-dump-help | python3 scripts/man-page.py VERSION DATE > looper.1
"""

import json
import sys


def roff(text):
    """Text as roff: nothing in it is a request or an escape."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").split("\n")
    return "\n".join("\\&" + line if line.startswith(".") else line for line in lines)


def option_name(argument):
    names = ["-" * (1 if name["kind"] == "short" else 2) + name["name"] for name in argument["names"]]
    text = ", ".join(names)
    return text if argument["kind"] == "flag" else f"{text} <{argument['valueName']}>"


def shown(command, kind):
    arguments = command.get("arguments") or []
    return [a for a in arguments if a["shouldDisplay"] and (a["kind"] == "positional") == (kind == "positional")]


def synopsis(path, command, common):
    words = list(path)
    if any(option_name(a) not in common for a in shown(command, "option")):
        words.append("[options]")
    for argument in shown(command, "positional"):
        word = f"<{argument['valueName']}>" + (" ..." if argument["isRepeating"] else "")
        words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def options(arguments):
    for argument in arguments:
        default = argument.get("defaultValue")
        text = argument.get("abstract", "") + (f" (default: {default})" if default else "")
        yield f".TP\n\\fB{roff(option_name(argument))}\\fR\n{roff(text)}"


def commands(path, command, common):
    """The sections of the commands below, depth first; groups have none of their own."""
    children = [c for c in command.get("subcommands") or [] if c["shouldDisplay"] and c["commandName"] != "help"]
    for child in children:
        yield from commands(path + [child["commandName"]], child, common)
    if children:
        return
    yield f".SS {roff(synopsis(path, command, common))}"
    yield roff(command.get("abstract", ""))
    if command.get("discussion"):
        text = roff(command["discussion"].strip())
        yield f".PP\n.nf\n{text}\n.fi" if "\n" in text else f".PP\n{text}"
    for argument in shown(command, "positional"):
        yield f".TP\n<{roff(argument['valueName'])}>\n{roff(argument.get('abstract', ''))}"
    yield from options(a for a in shown(command, "option") if option_name(a) not in common)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: man-page.py VERSION DATE")
    version, date = sys.argv[1:]
    root = json.load(sys.stdin)["command"]
    status = next(c for c in root["subcommands"] if c["commandName"] == "status")
    common = {option_name(argument) for argument in shown(status, "option")}
    print(f'.TH LOOPER 1 "{date}" "looper {version}" "User Commands"')
    print(f".SH NAME\nlooper \\- {roff(root['abstract'].rstrip('.'))}")
    print(".SH SYNOPSIS\n.B looper\n<command> [options]")
    print(f".SH DESCRIPTION\n{roff(root['discussion'])}")
    print(".SH OPTIONS\nEvery command takes these.")
    print("\n".join(options(shown(status, "option"))))
    print(".SH COMMANDS")
    print("\n".join(commands(["looper"], root, common)))
    print(EPILOGUE)


EPILOGUE = r""".SH EXIT STATUS
.TP
0
Done.
.TP
1
Failed.
.TP
2
Wrong usage.
.TP
3
The daemon cannot be reached.
.TP
4
Not found.
.TP
5
Refused in this state.
.SH ENVIRONMENT
Every configuration key has a variable,
.B LOOPER_<SECTION>_<KEY>,
for example
.B LOOPER_AGENT_VENDOR.
.B LOOPER_CONFIG
names the configuration file or its directory.
.SH FILES
.TP
~/.config/looper/looper.toml
The configuration; also .yaml and .json.
.TP
~/.looper
The data directory: the database, the socket, worktrees and transcripts.
.SH SEE ALSO
.BR gh (1),
.BR git (1)"""

if __name__ == "__main__":
    main()
