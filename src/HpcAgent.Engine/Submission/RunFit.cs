using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Submission;

/// <summary>Whether a run fits into the room that its cluster has, as far as that is known.</summary>
/// <param name="plan">The plan, with what the run makes at least.</param>
/// <param name="known">What the cluster has told.</param>
/// <param name="remotePath">Where the run is to live.</param>
internal sealed class RunFit(RunPlan plan, KnownRoom known, string remotePath)
{
    private readonly long _files = plan.EstimatedFileCount ?? 0;
    private readonly long _bytes = plan.EstimatedBytes ?? 0;

    /// <summary>False if the run cannot fit.</summary>
    public bool Fits => !(_files > FreeFiles) && !(_bytes > FreeBytes);

    /// <summary>What it takes and what is free, in a sentence.</summary>
    public string Line
    {
        get
        {
            string text = $"the run makes at least {Needs}, beside what its tasks write; {Free}";
            if (!Fits) return $"warning: {text}: it cannot fit";
            return _files > FreeFiles / 2 || _bytes > FreeBytes / 2 ? $"warning: {text}" : text;
        }
    }

    private long? FreeFiles => known.Room?.FreeFileCount;

    private long? FreeBytes => known.Room?.FreeBytes;

    private string Needs => string.Create(CultureInfo.InvariantCulture, $"{_files} files and folders and {MemorySize.Format(_bytes)}");

    private string Free
    {
        get
        {
            string[] parts =
            [
                .. FreeFiles is { } files ? [string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, files)} files{Quota(known.Room!.IsFilesQuota)}")] : Array.Empty<string>(),
                .. FreeBytes is { } bytes ? [$"{MemorySize.Format(Math.Max(0, bytes))}{Quota(known.Room!.IsBytesQuota)}"] : Array.Empty<string>(),
            ];
            return parts.Length == 0
                ? $"how much room there is in {remotePath} is not known"
                : $"{string.Join(" and ", parts)} are free in {known.Room!.Folder} (as the site said {DurationText.Format(known.Age)} ago)";
        }
    }

    /// <summary>The error for a run that cannot fit.</summary>
    /// <param name="origin">Where the cluster is configured, or null.</param>
    public HpcException Refusal(string? origin)
    {
        string less = plan.TasksPerElement > 1 || plan.TaskCount == 1 ? "" : " More tasks in an element (-TasksPerElement, tasks_per_element) make fewer files.";
        return new HpcException(
            ErrorCode.PreconditionFailed,
            $"the run cannot fit: it makes at least {Needs}, and {Free}",
            $"Make room: Remove-HpcRun deletes ended runs there, 'Get-HpcRun | Remove-HpcRun -WhatIf' shows what they take.{less} Or set 'scratch'{(origin is null ? "" : $" at {origin}")} to a folder that has room.");
    }

    private static string Quota(bool isQuota) => isQuota ? " of your quota" : "";
}
