package dev.graft.adapter.format.peft;

import dev.graft.error.DidYouMean;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The table of methods: every {@code peft_type} of PEFT 0.21, with what reads it or why nothing does. */
final class PeftMethods {
    private static final Map<String, PeftMethod> TABLE = table();

    private PeftMethods() {}

    private static Map<String, PeftMethod> table() {
        Map<String, PeftMethod> table = new LinkedHashMap<>();
        table.put("LORA", new LoraMethod());
        table.put("TRAINABLE_TOKENS", new TrainableTokensMethod());
        table.put("ADALORA", new AdaLoraMethod());
        table.put("VERA", new VeraMethod());
        table.put("VBLORA", new VbLoraMethod());
        table.put("LN_TUNING", new LnTuningMethod());
        for (RefusedMethod refused : RefusedMethod.values()) {
            table.put(refused.name(), folder -> {
                throw folder.unsupported(refused.reason(), refused.remedy());
            });
        }
        return table;
    }

    /** The types that the table knows. */
    static Set<String> types() {
        return TABLE.keySet();
    }

    /** The method for the folder's {@code peft_type}. */
    static PeftMethod of(PeftFolder folder) {
        String type = folder.config()
                .text("peft_type")
                .orElseThrow(() -> folder.config().invalid("peft_type is missing"));
        PeftMethod method = TABLE.get(type);
        if (method == null) {
            throw folder.unsupported("unknown peft_type '" + type + "'", DidYouMean.sentence(type, types()));
        }
        return method;
    }
}
