package dev.graft.testkit;

import dev.graft.runtime.session.HostTensor;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.error.ErrorMessageFactory;

/** What is asserted to compute what another model computes. */
interface Subject<A> {
    /** The file of its model, for messages. */
    Path model();

    /** Makes it ready for runs; the caller closes it. */
    Opened open();

    /** Fails the assertion. */
    void fail(ErrorMessageFactory message);

    /** The assertion to go on with. */
    A assertion();

    /** Something that runs. */
    interface Opened extends AutoCloseable {
        /** The outputs by name. */
        Map<String, HostTensor> run(Map<String, HostTensor> inputs);

        @Override
        void close();
    }
}
