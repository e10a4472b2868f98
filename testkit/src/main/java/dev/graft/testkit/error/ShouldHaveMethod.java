package dev.graft.testkit.error;

import java.nio.file.Path;
import org.assertj.core.error.BasicErrorMessageFactory;

/** The adapter is of another method. */
public final class ShouldHaveMethod extends BasicErrorMessageFactory {
    /** Creates the message. */
    public ShouldHaveMethod(Path adapter, String expected, String got) {
        super(
                "%nExpecting adapter%n  %s%nto be %s, but it is %s.%n%s",
                unquotedString(adapter.toString()),
                unquotedString(expected),
                unquotedString(got),
                unquotedString("Likely cause: use_rslora, use_dora or peft_type in adapter_config.json."));
    }
}
