package dev.graft.runtime.adapters;

import dev.graft.runtime.adapters.AdapterContent.Named;
import dev.graft.runtime.session.AdapterBase;
import dev.graft.runtime.session.ModelSession;
import java.util.OptionalInt;

/** Whether an adapter file was made for the base that a model was attached to, where both say. Shapes alone do not tell one model from its sibling. */
final class BaseCheck {
    private final OptionalInt base;

    BaseCheck(ModelSession session, boolean anyBase) {
        this.base = anyBase ? OptionalInt.empty() : session.baseFingerprint();
    }

    /** @throws dev.graft.error.GraftException {@code ADAPTER_BASE_MISMATCH} */
    void require(AdapterContent content) {
        if (content instanceof Named named) {
            AdapterBase.require(base, named.file(), "RuntimeSettings.acceptingAnyBase()");
        }
    }
}
