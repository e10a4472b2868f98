/**
 * A whole training: from a configuration to an adapter.
 *
 * <pre>{@code
 * TrainingConfig config = TrainingConfig.read(Path.of("train.yaml"), List.of("lora_rank=16"));
 * try (TrainingJob job = TrainingJob.open(config, Optional.of(tokenizer), Device.cpu())) {
 *     RunResult result = job.run(List.of(listener), () -> false);
 * }
 * }</pre>
 *
 * {@link dev.graft.training.job.JobPlan} and {@link dev.graft.training.job.JobTarget} say what each key of the configuration is to the
 * loop and to the graph, after {@code TargetNames} and {@code FullTraining} have made sure that the model has what it asks for; {@link dev.graft.training.job.AdapterFolder} writes what was learnt.
 */
@NullMarked
package dev.graft.training.job;

import org.jspecify.annotations.NullMarked;
