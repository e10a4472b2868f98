package dev.graft.adapter.format.onnxadapter;

/** One table of a FlatBuffers file: fields by number, found through its vtable. */
final class FlatTable {
    private final FlatBytes bytes;
    private final long table;
    private final long vtable;
    private final int vtableBytes;
    private final int tableBytes;

    FlatTable(FlatBytes bytes, long table) {
        this.bytes = bytes;
        this.table = table;
        this.vtable = table - bytes.readInt(table);
        this.vtableBytes = bytes.readUnsignedShort(vtable);
        this.tableBytes = bytes.readUnsignedShort(vtable + 2);
        boolean sound = vtableBytes >= 4
                && vtableBytes % 2 == 0
                && tableBytes >= 4
                && vtableBytes <= bytes.size() - vtable
                && tableBytes <= bytes.size() - table;
        if (!sound) {
            throw bytes.malformed("a table's description is wrong", table);
        }
    }

    /** Where a field of so many bytes is stored; -1 if it is left out. */
    long field(int number, int width) {
        int entry = 4 + 2 * number;
        int offset = entry + 2 > vtableBytes ? 0 : bytes.readUnsignedShort(vtable + entry);
        if (offset == 0) {
            return -1;
        }
        if (offset < 4 || offset + width > tableBytes) {
            throw bytes.malformed("field " + number + " lies outside its table", table);
        }
        return table + offset;
    }

    /** A 32-bit field; 0 if it is left out. */
    int readInt(int number) {
        long place = field(number, 4);
        return place < 0 ? 0 : bytes.readInt(place);
    }

    /** Where the vector, string or table of a field begins; -1 if it is left out. */
    long follow(int number) {
        long place = field(number, 4);
        return place < 0 ? -1 : bytes.follow(place);
    }

    /** The same for a field that must be there. */
    long require(int number, String name) {
        long place = follow(number);
        if (place < 0) {
            throw bytes.malformed("a parameter has no " + name, table);
        }
        return place;
    }
}
