package dev.graft.io;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;

/** Why a file operation failed, in words; Java's own message is often only the file's name. */
public final class IoReason {
    private static final Map<Class<? extends IOException>, String> WORDS = Map.of(
            AccessDeniedException.class, "permission denied",
            NoSuchFileException.class, "there is no such file",
            FileAlreadyExistsException.class, "something of that name exists already",
            NotDirectoryException.class, "it is not a folder",
            DirectoryNotEmptyException.class, "the folder is not empty",
            FileSystemLoopException.class, "links go round in a circle");

    private IoReason() {}

    /** The reason, without the file's name where that can be told apart. */
    public static String of(IOException failure) {
        String words = WORDS.get(failure.getClass());
        if (words != null) {
            return words;
        }
        if (failure instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        if (failure instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
