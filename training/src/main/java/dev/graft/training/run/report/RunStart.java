package dev.graft.training.run.report;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run is about to do.
 *
 * @param step how many updates have been done
 * @param totalSteps how many there will be
 * @param stepsPerEpoch how many there are in an epoch
 * @param parameters the number of trainable values
 * @param resumedFrom the checkpoint that it goes on from
 */
public record RunStart(long step, long totalSteps, long stepsPerEpoch, long parameters, Optional<Path> resumedFrom) {}
