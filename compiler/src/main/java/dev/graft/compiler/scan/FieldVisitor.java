package dev.graft.compiler.scan;

/** Takes the fields of one protobuf message, one after the other. */
interface FieldVisitor {
    /**
     * Takes a field: reads or skips exactly its value.
     *
     * @param field the field's number
     * @param wire the wire type of its value
     */
    void visit(int field, int wire);
}
