#!/usr/bin/env python3
"""What apply_chat_template of transformers makes of conversations with tools, for ToolConversationTest of dev.graft.training.data.

    python tool_goldens.py ../resources/dev/graft/training/data/tool_goldens.json

Needs transformers 5 and tokenizers. Every character is a token, and so are <s> and </s>. A case is a template, a row as it stands in a file, and the
text with what is learnt of it (by the template's own generation blocks): what the token behind each one is, or a dot where that is
none of the assistant's. {"raised": message} where the template refuses.
The templates are in the manner of known models, in words of their own.
"""

import json
import sys
from pathlib import Path

import jinja2
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

QWEN = r"""{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You help.' }}
    {%- endif %}
    {{- "\n\n# Tools\n\n<tools>" }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\n</tools>\n\n<tool_call>\n{\"name\": ..., \"arguments\": ...}\n</tool_call><|im_end|>\n" }}
{%- elif messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role + '\n' }}
        {%- generation %}
            {%- if message.content %}
                {{- message.content }}
            {%- endif %}
            {%- for tool_call in message.tool_calls or [] %}
                {%- if tool_call.function is defined %}
                    {%- set tool_call = tool_call.function %}
                {%- endif %}
                {%- if message.content or not loop.first %}
                    {{- '\n' }}
                {%- endif %}
                {{- '<tool_call>\n{"name": "' }}
                {{- tool_call.name }}
                {{- '", "arguments": ' }}
                {{- tool_call.arguments | tojson }}
                {{- '}\n</tool_call>' }}
            {%- endfor %}
            {{- '<|im_end|>\n' }}
        {%- endgeneration %}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\n<tool_response>\n' }}
        {{- message.content }}
        {{- '\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
"""

LLAMA = r"""{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|head|>system<|/head|>\n\n" }}
{%- if tools is not none %}
    {{- "Environment: shell\n\n" }}
{%- endif %}
{{- system_message }}
{{- "<|eot|>" }}
{%- if not tools is none %}
    {%- set first_user_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
    {{- '<|head|>user<|/head|>\n\n' -}}
    {{- "Answer with a call where that helps.\n\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\n\n" }}
    {%- endfor %}
    {{- first_user_message + "<|eot|>" }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'user' %}
        {{- '<|head|>user<|/head|>\n\n' + message['content'] | trim + '<|eot|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '<|head|>assistant<|/head|>\n\n' -}}
        {%- generation %}
            {{- '{"name": "' + tool_call.name + '", ' }}
            {{- '"parameters": ' }}
            {{- tool_call.arguments | tojson }}
            {{- "}" }}
            {{- "<|eot|>" }}
        {%- endgeneration %}
    {%- elif message.role == 'assistant' %}
        {{- '<|head|>assistant<|/head|>\n\n' }}
        {%- generation %}
            {{- message['content'] | trim + '<|eot|>' }}
        {%- endgeneration %}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|head|>ipython<|/head|>\n\n" }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|head|>assistant<|/head|>\n\n' }}
{%- endif %}
"""

MISTRAL = r"""{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {{- ", " if not loop.last else "]" }}
            {%- endfor %}
            {{- "[/TOOLS]" }}
        {%- endif %}
        {{- "[INST] " + (system_message + "\n\n" if loop.first and system_message is defined else "") + message["content"] + "[/INST]" }}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {%- generation %}
            {{- "[CALLS] [" }}
            {%- for tool_call in message.tool_calls %}
                {%- set out = tool_call.function|tojson %}
                {{- out[:-1] }}
                {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                    {{- raise_exception("A call's id has nine characters!") }}
                {%- endif %}
                {{- ', "id": "' + tool_call.id + '"}' }}
                {{- ", " if not loop.last else "]" + eos_token }}
            {%- endfor %}
        {%- endgeneration %}
    {%- elif message["role"] == "assistant" %}
        {%- generation %}
            {{- " " + message["content"]|trim + eos_token }}
        {%- endgeneration %}
    {%- elif message["role"] == "tool" %}
        {{- '[RESULTS] {"content": ' + message.content|string }}
        {{- ', "call_id": "' + message.tool_call_id + '"}[/RESULTS]' }}
    {%- endif %}
{%- endfor %}
"""

# everything that a template is given
DUMP = r"""{{- tools | tojson }}{{ '\n' }}
{%- for message in messages %}
    {%- if message.role == 'assistant' %}
        {%- generation %}{{ message | tojson }}{{ '\n' }}{% endgeneration %}
    {%- else %}
        {{- message | tojson }}{{ '\n' }}
    {%- endif %}
{%- endfor %}
"""

TEMPLATES = {"qwen": QWEN, "llama": LLAMA, "mistral": MISTRAL, "dump": DUMP}

WEATHER = {"type": "function", "function": {"name": "weather", "description": "The weather \"now\" & here.", "parameters": {
    "type": "object", "properties": {"city": {"type": "string", "enum": ["Oslo", "Åre"]}, "days": {"type": "integer", "default": 1}},
    "required": ["city"]}}}
CLOCK = {"type": "function", "function": {"name": "clock", "description": "The time.", "parameters": {"type": "object", "properties": {}}}}

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Is it <cold> in Åre?"}


def called(name, arguments, call_id):
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


CALL = {"role": "assistant", "content": "", "tool_calls": [called("weather", {"city": "Åre", "days": 2, "exact": True, "near": None, "to": 1.50}, "abc123def")]}
RESULT = {"role": "tool", "tool_call_id": "abc123def", "name": "weather", "content": "{\"t\": -3}"}
ANSWER = {"role": "assistant", "content": "Yes, -3."}
TWO = {"role": "assistant", "content": "Both.", "tool_calls": [called("weather", {"city": "Oslo"}, "abc123def"), called("clock", {}, "ghi456jkl")]}
RESULTS = [RESULT, {"role": "tool", "tool_call_id": "ghi456jkl", "name": "clock", "content": "12:00"}]
MORE = [{"role": "user", "content": "Thanks"}, {"role": "assistant", "content": "Bye."}]
WORDLESS = {"role": "assistant", "tool_calls": [called("clock", {}, "ghi456jkl")]}


def plain(messages, tools):
    """A row in the form of OpenAI and TRL, and what transformers gets of it."""
    row = {"messages": messages} | ({} if tools is None else {"tools": tools})
    return json.dumps(row, ensure_ascii=False), messages, tools


def factory(row, messages, tools):
    """A row in the form of LLaMA-Factory, and what it says."""
    return json.dumps(row), messages, tools


CONVERSATIONS = {
    "call": plain([SYSTEM, USER, CALL, RESULT, ANSWER], [WEATHER, CLOCK]),
    "ends with the call": plain([USER, CALL], [WEATHER]),
    "not called": plain([USER, ANSWER], [WEATHER]),
    "not offered": plain([USER, CALL, RESULT, ANSWER], None),
    "two calls": plain([USER, TWO, *RESULTS, ANSWER], [WEATHER, CLOCK]),
    "one after another": plain([USER, CALL, RESULT, WORDLESS, RESULTS[1], ANSWER], [WEATHER, CLOCK]),
    "goes on": plain([SYSTEM, USER, CALL, RESULT, ANSWER, *MORE], [WEATHER]),
    "null": plain([USER | {"tool_calls": None}, WORDLESS | {"content": None}, RESULTS[1], ANSWER | {"tool_calls": None, "name": None}], [CLOCK]),
    "result is an object": plain([USER, CALL, RESULT | {"content": {"t": -3.0, "sky": ["<grey>", None, False]}}, ANSWER], [WEATHER]),
    "arguments are a text": plain([USER, CALL | {"tool_calls": [called("weather", "{\"city\": \"Åre\"}", "abc123def")]}, RESULT, ANSWER], [WEATHER]),
    "bare schema": plain([USER, ANSWER], [WEATHER["function"]]),
    "other fields": plain([USER | {"name": "Kim"}, CALL | {"reasoning": "A call.", "weight": 1}, RESULT, {"reasoning_content": "Done.", "thinking": None} | ANSWER], [WEATHER]),
    "thoughts by two names": plain([USER, {"reasoning_content": "First.", "thinking": "Second."} | ANSWER], None),
    "tools as a text": (json.dumps({"messages": [USER, CALL, RESULT, ANSWER], "tools": json.dumps([WEATHER])}), [USER, CALL, RESULT, ANSWER], [WEATHER]),
    "sharegpt": factory(
        {"conversations": [
            {"from": "human", "value": USER["content"]},
            {"from": "function_call", "value": json.dumps({"name": "weather", "arguments": {"city": "Åre"}})},
            {"from": "observation", "value": "{\"t\": -3}"},
            {"from": "gpt", "value": "Yes, -3."}],
         "system": "Be brief.", "tools": json.dumps([WEATHER["function"], CLOCK])},
        [SYSTEM, USER,
         {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Åre"}}}]},
         {"role": "tool", "content": "{\"t\": -3}"}, ANSWER],
        [WEATHER, CLOCK]),
    "sharegpt, two calls": factory(
        {"conversations": [
            {"from": "human", "value": USER["content"]},
            {"from": "function_call", "value": json.dumps([{"name": "weather", "arguments": {"city": "Åre"}}, {"name": "clock", "arguments": {}}])},
            {"from": "observation", "value": "-3"}, {"from": "observation", "value": "12:00"},
            {"from": "gpt", "value": "Yes, -3."}],
         "tools": json.dumps([WEATHER, CLOCK])},
        [USER,
         {"role": "assistant", "content": "", "tool_calls": [
             {"type": "function", "function": {"name": "weather", "arguments": {"city": "Åre"}}}, {"type": "function", "function": {"name": "clock", "arguments": {}}}]},
         {"role": "tool", "content": "-3"}, {"role": "tool", "content": "12:00"}, ANSWER],
        [WEATHER, CLOCK]),
    "alpaca": factory(
        {"instruction": USER["content"], "output": "Yes, -3.", "tools": json.dumps([CLOCK["function"]])}, [USER, ANSWER], [CLOCK]),
}


def letters(text):
    """A tokenizer of which every character of a text is a token."""
    vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2}
    for character in text:
        vocabulary.setdefault(character, len(vocabulary))
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def golden(template, messages, tools):
    try:
        text = letters("").apply_chat_template(messages, tools=tools, chat_template=template, tokenize=False)
    except jinja2.exceptions.TemplateError as error:
        return {"raised": error.message} if type(error) is jinja2.exceptions.TemplateError else None
    tokenizer = letters(text)
    encoded = tokenizer.apply_chat_template(
        messages, tools=tools, chat_template=template, return_assistant_tokens_mask=True, return_dict=True)
    pieces = tokenizer.convert_ids_to_tokens(encoded["input_ids"])
    assert "".join(pieces) == text and "<unk>" not in pieces
    learnt = [piece if mask else "." for piece, mask in zip(pieces, encoded["assistant_masks"], strict=True)]
    return {"text": text, "learnt": "".join(learnt[1:]) + "."}


def main(target):
    cases = [
        {"template": name, "conversation": about, "row": row, "golden": golden(template, messages, tools)}
        for name, template in TEMPLATES.items() for about, (row, messages, tools) in CONVERSATIONS.items()
    ]
    failed = [(case["template"], case["conversation"], case["golden"]) for case in cases if "text" not in (case["golden"] or {})]
    print(len(cases), "cases, of them not written:", *failed, sep="\n")
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text('{"templates": ' + json.dumps(TEMPLATES) + ',\n"cases": [\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
