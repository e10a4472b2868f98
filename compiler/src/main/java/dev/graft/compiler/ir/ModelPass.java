package dev.graft.compiler.ir;

/** One change of a model, with what it needs and what it promises. */
public interface ModelPass {
    /** Its name, as error messages give it. */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * Checks what the pass needs.
     *
     * @throws dev.graft.error.GraftException if the model does not have it
     */
    default void requires(OnnxModel model) {}

    /** Changes the model in place and says whether it did. */
    PassResult call(OnnxModel model);

    /**
     * Checks what the pass promises.
     *
     * @throws dev.graft.error.GraftException {@code INTERNAL} if it did not keep it
     */
    default void ensures(OnnxModel model) {}
}
