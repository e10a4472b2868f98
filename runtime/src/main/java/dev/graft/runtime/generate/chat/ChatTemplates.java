package dev.graft.runtime.generate.chat;

import dev.graft.error.DidYouMean;
import dev.graft.runtime.generate.chat.ChatTemplate.Begin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The built-in chat templates, as LLaMA-Factory writes them ({@code src/llamafactory/data/template.py}), under its names. */
public final class ChatTemplates {
    private static final Map<String, ChatTemplate> TABLE = table();

    private ChatTemplates() {}

    /** The names of all. */
    public static List<String> names() {
        return List.copyOf(TABLE.keySet());
    }

    /** The template of a name that is known to be there. */
    public static ChatTemplate builtIn(String name) {
        return Optional.ofNullable(TABLE.get(name)).orElseThrow();
    }

    /** The template of a name, if there is one. */
    public static Optional<ChatTemplate> named(String name) {
        return Optional.ofNullable(TABLE.get(name));
    }

    /** What to say about a name that is not there. */
    public static String suggestion(String name) {
        String meant = DidYouMean.sentence(name, TABLE.keySet());
        return meant.isEmpty() ? "Built in are " + String.join(", ", TABLE.keySet()) + "." : meant;
    }

    private static Map<String, ChatTemplate> table() {
        List<ChatTemplate> all = new ArrayList<>();
        all.add(simple("plain", "%s\n", "%s", "%s", "\n"));
        ChatTemplate chatml = new ChatTemplate(
                "chatml",
                Begin.NEVER,
                "<|im_start|>system\n%s<|im_end|>\n",
                "<|im_start|>user\n%s<|im_end|>\n<|im_start|>assistant\n",
                "%s<|im_end|>\n",
                false,
                "",
                false,
                Optional.empty());
        all.add(chatml);
        all.add(chatml.withName("qwen3_nothink"));
        all.add(chatml.withName("qwen")
                .withDefaultSystem("You are Qwen, created by Alibaba Cloud. You are a helpful assistant."));
        all.add(new ChatTemplate(
                "llama3",
                Begin.FIRST,
                "<|start_header_id|>system<|end_header_id|>\n\n%s<|eot_id|>",
                "<|start_header_id|>user<|end_header_id|>\n\n%s<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
                "%s<|eot_id|>",
                false,
                "",
                false,
                Optional.empty()));
        all.add(new ChatTemplate(
                "llama2",
                Begin.EACH,
                "<<SYS>>\n%s\n<</SYS>>\n\n",
                "[INST] %s [/INST]",
                "%s",
                true,
                "",
                true,
                Optional.empty()));
        all.add(new ChatTemplate(
                "mistral", Begin.FIRST, "%s\n\n", "[INST] %s[/INST]", " %s", true, "", true, Optional.empty()));
        all.add(new ChatTemplate(
                "gemma",
                Begin.FIRST,
                "%s\n\n",
                "<start_of_turn>user\n%s<end_of_turn>\n<start_of_turn>model\n",
                "%s<end_of_turn>\n",
                false,
                "",
                true,
                Optional.empty()));
        all.add(
                simple("alpaca", "%s", "### Instruction:\n%s\n\n### Response:\n", "%s", "\n\n")
                        .withDefaultSystem(
                                "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"));
        all.add(simple("vicuna", "%s", "USER: %s ASSISTANT:", "%s", "")
                .withDefaultSystem(
                        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite "
                                + "answers to the user's questions."));
        Map<String, ChatTemplate> table = new LinkedHashMap<>();
        all.forEach(template -> table.put(template.name(), template));
        return table;
    }

    /** A template without special tokens of its own. */
    private static ChatTemplate simple(String name, String system, String user, String answer, String after) {
        return new ChatTemplate(name, Begin.FIRST, system, user, answer, true, after, false, Optional.empty());
    }
}
