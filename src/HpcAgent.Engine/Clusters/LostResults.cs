using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Clusters;

/// <summary>Results that were there, since tasks are complete, and are no longer where they must be.</summary>
internal static class LostResults
{
    /// <summary>The error.</summary>
    /// <param name="view">The run.</param>
    /// <param name="path">The folder of its results.</param>
    private static HpcException Error(RunView view, string path) => new(
        ErrorCode.OutputsMissing,
        $"the results of the run {view.Run.RunId} are gone: {view.Ledger.Count(TaskState.Complete)} of its tasks are complete, and there is no folder {path}",
        "Look whether it was moved or deleted, or purged by the site, and restore it; else submit the run again under another name."
        + (WaveFile.In(view.Layout.Waves).Count > 0 ? $" What was packed before is in {view.Layout.Waves}, and waves_dir (-FromWave) reduces it." : ""));

    /// <summary>Throws where there is no folder of results of a run that has complete tasks. Before a task has begun there is none.</summary>
    /// <param name="view">The run, with its events folded.</param>
    /// <param name="path">Where the folder should be.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.OutputsMissing"/>.</exception>
    public static void Require(RunView view, string path)
    {
        if (view.Ledger.Count(TaskState.Complete) > 0) throw Error(view, path);
    }
}
