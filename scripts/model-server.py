#!/usr/bin/env python3
"""A scripted model on loopback that gives every request the same answer: a Looper result line.

It speaks Anthropic's messages and OpenAI's responses, streamed or whole. Usage: model-server.py PORT_FILE; the port
it took is written there. Requests are named on standard error, one a line.
"""

import http.server
import json
import os
import sys

ANSWER = 'Done.\n\n__LOOPER_RESULT__={"summary":"scripted"}'
BODY_BYTES_MAX = 64 * 1024 * 1024


def message(model):
    """A whole answer of the messages API."""
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": ANSWER}], "stop_reason": "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": 120, "output_tokens": 20},
    }


def message_events(model):
    """The same as a stream."""
    whole = message(model)
    yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": ANSWER}}
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 20},
    }
    yield {"type": "message_stop"}


def response(model):
    """A whole answer of the responses API."""
    item = {
        "id": "item_1", "type": "message", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": ANSWER, "annotations": []}],
    }
    return {
        "id": "resp_1", "object": "response", "status": "completed", "model": model, "output": [item],
        "usage": {
            "input_tokens": 120, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 20,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 140,
        },
    }


def response_events(model):
    """The same as a stream."""
    whole = response(model)
    item = whole["output"][0]
    yield {"type": "response.created", "response": {**whole, "status": "in_progress", "output": []}}
    yield {
        "type": "response.output_item.added", "output_index": 0,
        "item": {**item, "status": "in_progress", "content": []},
    }
    yield {
        "type": "response.output_text.delta", "item_id": "item_1", "output_index": 0, "content_index": 0,
        "delta": ANSWER,
    }
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": whole}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers whatever looks like a call of a model, and everything else with an empty object."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.whole({"data": [], "object": "list"})

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length") or 0), BODY_BYTES_MAX)
        try:
            request = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            request = {}
        request = request if isinstance(request, dict) else {}
        model = request.get("model") or "scripted-model"
        path = self.path.split("?")[0]
        if path.endswith("/messages/count_tokens"):
            self.whole({"input_tokens": 120})
        elif path.endswith("/messages"):
            self.answer(request, message(model), message_events(model))
        elif path.endswith("/responses"):
            self.answer(request, response(model), response_events(model))
        else:
            self.whole({})

    def answer(self, request, whole, events):
        if not request.get("stream"):
            self.whole(whole)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in events:
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()
        self.close_connection = True

    def whole(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        print(f"{self.command} {self.path}", file=sys.stderr, flush=True)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: model-server.py PORT_FILE")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # Whole or not at all: the caller waits for it.
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
