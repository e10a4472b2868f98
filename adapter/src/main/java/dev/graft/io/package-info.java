/**
 * Files written whole or not at all, and the progress of long work.
 *
 * <p>{@link dev.graft.io.OutputTransaction} writes several files that belong together: a model and its data files. It works in a
 * folder {@code .graft-NAME.tmp} beside the main file, which holds
 *
 * <pre>
 * lock      locked while a process writes this output; holds a token of that process
 * 0, 1, ... the new files while they are written
 * journal   exists from just before the first rename until everything is in place or rolled back
 * old-0 ... what stood at the destinations, until the new files are in place
 * </pre>
 *
 * <p>The commit, and what a process that dies after a step leaves behind for the reader (R) and for the next transaction (N):
 *
 * <ol>
 *   <li>Files are staged. R: the destination as it was. N: no journal, so the folder is removed.
 *   <li>Staged files are fsynced, then the journal is written under another name, fsynced, renamed, and the folder fsynced. R: as it was.
 *       N: a journal, and the main file still staged: roll back, which here moves nothing.
 *   <li>The old main file, then the old data files are moved to {@code old-i}; folders are fsynced. R: no main file, never an old one
 *       beside new data. N: rolls back: every {@code old-i} returns, the main file last.
 *   <li>The staged data files are moved to their destinations; folders are fsynced. R: no main file. N: rolls back: a data file
 *       that is no longer staged was moved, so it is deleted, then {@code old-i} returns.
 *   <li>The staged main file is moved to its destination: this rename is the commit. R: everything new. N: a journal and the main
 *       file no longer staged: committed; what is left of the folder is removed.
 *   <li>The folder is removed, the journal last but for the lock. R: everything new. N: as in 5, or no journal as in 1.
 * </ol>
 *
 * <p>Folders that had to be made for an output that comes to nothing are removed again. A process that a signal ends gives up its transactions with {@link
 * dev.graft.io.OutputTransaction#abandonAll}: one that is being committed is finished first, and none is begun any more.
 *
 * <p>An output of one file is one rename, without a journal: it is the old file, or none, until it is the new one.
 *
 * <p>A rollback that dies can be repeated: a destination is only deleted while its {@code old-i} still waits or where nothing stood
 * before; once {@code old-i} is back, it is no longer touched. An error in mid-commit (a rename that fails) rolls back at once.
 * Between 3 and 5 the fsyncs keep the order on disk also when the power fails.
 *
 * <p>{@link dev.graft.io.OutputFolder} is for a folder as a whole: a checkpoint of a training run. {@link dev.graft.io.IoReason} says in words why the system refused. {@link dev.graft.io.TemporaryFolder} is for what nobody keeps.
 */
@NullMarked
package dev.graft.io;

import org.jspecify.annotations.NullMarked;
