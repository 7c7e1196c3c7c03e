namespace HpcAgent.Engine.Failures;

/// <summary>The names of categories in rules and JSON: the original's where it has them.</summary>
public static class FailureCategoryName
{
    /// <summary>All categories, in the order in which they are declared.</summary>
    public static IReadOnlyList<FailureCategory> All { get; } = Enum.GetValues<FailureCategory>();

    /// <summary>The name of a category.</summary>
    /// <param name="category">The category.</param>
    public static string Of(FailureCategory category) => category switch
    {
        FailureCategory.Unknown => "unknown",
        FailureCategory.Preempted => "preempted",
        FailureCategory.Cancelled => "cancelled",
        FailureCategory.Walltime => "walltime",
        FailureCategory.SystemOutOfMemory => "system_oom",
        FailureCategory.GpuOutOfMemory => "gpu_oom",
        FailureCategory.NodeFailure => "node_failure",
        FailureCategory.NodeEnvironment => "node_environment",
        FailureCategory.Lost => "lost",
        FailureCategory.Killed => "killed",
        FailureCategory.SegmentationFault => "segv",
        FailureCategory.Crash => "crash",
        FailureCategory.ImportError => "import_error",
        FailureCategory.CommandNotFound => "command_not_found",
        FailureCategory.FileNotFound => "file_not_found",
        FailureCategory.PermissionDenied => "permission_denied",
        FailureCategory.DiskFull => "disk_full",
        FailureCategory.QuotaExceeded => "quota_exceeded",
        FailureCategory.Licence => "licence",
        FailureCategory.Network => "network",
        FailureCategory.GpuError => "gpu_error",
        FailureCategory.Mpi => "mpi",
        FailureCategory.BadArguments => "bad_arguments",
        FailureCategory.CodeBug => "code_bug",
        FailureCategory.LogMissing => "log_missing",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, null),
    };

    /// <summary>The category of a name, or null if there is none.</summary>
    /// <param name="name">The name.</param>
    public static FailureCategory? Parse(string name)
    {
        foreach (FailureCategory category in All)
            if (Of(category) == name) return category;
        return null;
    }
}
