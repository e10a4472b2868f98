/**
 * What a run tells: to a program through {@link dev.graft.training.run.report.RunListener}, to files through {@link
 * dev.graft.training.run.report.TrainerLog} ({@code trainer_log.jsonl}, as LLaMA-Factory writes it) and {@link
 * dev.graft.training.run.report.TensorBoardLog}.
 */
@NullMarked
package dev.graft.training.run.report;

import org.jspecify.annotations.NullMarked;
