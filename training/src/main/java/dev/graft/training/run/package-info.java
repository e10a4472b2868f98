/**
 * The training loop: {@link dev.graft.training.run.Trainer} takes an engine, a plan and data to an adapter.
 *
 * <pre>
 * plan          what is asked for, and the interface that data comes through
 * evaluation    loss and metrics on other data, and the best so far
 * checkpoint    what a run can go on from
 * report        what it tells: listeners, trainer_log.jsonl, event files
 * tensorboard   the byte format of event files
 * </pre>
 *
 * <p>One round of the loop is one update: the micro-batches of an accumulation are fetched together, because the gradient's weight is one
 * over the number of labels of them all; then come the log line, the evaluation and the checkpoint that are due, in this order, so that a
 * checkpoint holds the outcome of both. An update's micro-batches follow from its number alone, as do the learning rate and the
 * seeds of dropout; hence a checkpoint needs two numbers to say where it is.
 *
 * <p>The folder of a run:
 *
 * <pre>
 * (the adapter)         when the run is done: the last parameters, or the best ones
 * checkpoint-N          {@link dev.graft.training.run.checkpoint}
 * trainer_log.jsonl     a line for each log line and evaluation
 * runs                  event files, if asked for
 * train_results.json    when the run is done, last of all
 * </pre>
 */
@NullMarked
package dev.graft.training.run;

import org.jspecify.annotations.NullMarked;
