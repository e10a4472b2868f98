package dev.graft.adapter.format.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How reading a folder fails. */
final class PeftAssertions {
    private PeftAssertions() {}

    static void assertInvalid(ThrowingCallable call, String message) {
        assertFails(call, ErrorCode.ADAPTER_TENSORS_INVALID, message);
    }

    static void assertConfigInvalid(ThrowingCallable call, String message) {
        assertFails(call, ErrorCode.ADAPTER_CONFIG_INVALID, message);
    }

    static void assertUnsupported(ThrowingCallable call, String message) {
        assertFails(call, ErrorCode.METHOD_UNSUPPORTED, message);
    }

    static void assertFails(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error).hasMessageContaining(message);
            assertThat(error.location().isNone()).isFalse();
        });
    }
}
