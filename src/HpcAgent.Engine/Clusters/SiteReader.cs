using System.Globalization;
using System.Text.RegularExpressions;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Clusters;

/// <summary>Makes one cluster of its entry in <c>clusters.yaml</c>.</summary>
internal static partial class SiteReader
{
    private const long Mebibyte = 1L << 20;

    /// <summary>Reads the entry.</summary>
    /// <param name="entry">The cluster's name and its map.</param>
    /// <param name="file">The absolute path of the file.</param>
    /// <param name="home">The user's home folder, or null.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: something about it cannot be used.</exception>
    public static SiteConfig Read(SiteKey entry, string file, string? home)
    {
        if (!NamePattern().IsMatch(entry.Name))
            throw SiteError.At(file, entry, $"'{entry.Name}' cannot be the name of a cluster", "Use up to 64 letters, digits, '.', '-' and '_', beginning with a letter or digit.");
        if (string.Equals(entry.Name, "local", StringComparison.OrdinalIgnoreCase))
            throw SiteError.At(file, entry, $"the name '{entry.Name}' is reserved for this machine", "Give the cluster another name.");
        if (entry.Value is not SiteMapping mapping)
            throw SiteError.At(file, entry, $"the cluster '{entry.Name}' is {entry.Value.Kind}, not a map", "Give it keys and values, at least scheduler.");
        List<string> notes = [];
        SiteMapping kept = DropIgnored(mapping, file, notes);
        SitePlaceholders.Refuse(kept, file, entry.Name);
        SiteMap keys = new(kept, file, SiteKeys.Cluster, (SiteKeys.Constraints, "under 'constraints'"));
        SiteMap constraints = new(
            keys.Map("constraints") ?? new SiteMapping([], 1, 1), file, SiteKeys.Constraints, (SiteKeys.Cluster, "one level up, beside 'constraints'"));
        (string? user, string? host) = Host(keys);
        return new SiteConfig
        {
            Name = entry.Name,
            Scheduler = Scheduler(keys, entry, file),
            Host = host,
            User = user,
            Port = keys.SmallInteger("port", 65535),
            SshConfig = SshConfig(keys, file, home),
            SshOptions = SshOptions(keys),
            Scratch = Scratch(keys),
            Modules = keys.Texts("modules"),
            CondaSource = keys.Text("conda_source"),
            CondaEnvironments = keys.Texts("conda_envs"),
            Options = Options(keys),
            GpuConstraint = keys.Text("gpu_constraint"),
            Limits = Limits(keys, constraints),
            MaxConcurrentTasks = constraints.SmallInteger("max_concurrent_tasks"),
            MaxConcurrentArrays = constraints.SmallInteger("max_concurrent_jobs"),
            DefaultWalltime = Positive(keys.Duration("default_walltime_sec")),
            GpuTypes = keys.Texts("gpu_types"),
            SpinUp = constraints.Duration("est_spin_up"),
            PurgeDays = keys.SmallInteger("purge_days"),
            FileSystemLag = keys.Duration("fs_lag_s") ?? TimeSpan.FromSeconds(120),
            QueriesPerHour = keys.SmallInteger("queries_per_hour") ?? QueryBudget.Usual,
            Origin = string.Create(CultureInfo.InvariantCulture, $"{file}:{entry.Line}"),
            Places = Places(keys, constraints),
            Notes = notes,
        };
    }

    private static SiteMapping DropIgnored(SiteMapping mapping, string file, List<string> notes)
    {
        foreach (SiteKey key in mapping.Keys)
        {
            if (SiteKeys.Ignored.TryGetValue(key.Name, out string? why))
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"'{key.Name}' ({file}:{key.Line}) has no effect: {why}"));
        }
        return notes.Count == 0
            ? mapping
            : new SiteMapping([.. mapping.Keys.Where(k => !SiteKeys.Ignored.ContainsKey(k.Name))], mapping.Line, mapping.Column);
    }

    private static string Scheduler(SiteMap keys, SiteKey entry, string file)
    {
        const string remedy = "Write scheduler: slurm, or scheduler: sge for Grid Engine.";
        string name = keys.Text("scheduler") ?? throw SiteError.At(file, entry, $"the cluster '{entry.Name}' has no 'scheduler'", remedy);
        return name.ToUpperInvariant() switch
        {
            "SLURM" => "slurm",
            "SGE" => "sge",
            _ => throw keys.Bad("scheduler", $"the scheduler '{name}' is not known", remedy),
        };
    }

    private static (string? User, string? Host) Host(SiteMap keys)
    {
        string? host = keys.Text("host");
        string? user = keys.Text("user");
        if (host?.IndexOf('@', StringComparison.Ordinal) is > 0 and var at)
        {
            if (user is not null && user != host[..at]) throw keys.Bad("host", $"'host' names the user '{host[..at]}', and 'user' is '{user}'", "Keep one of the two.");
            (user, host) = (host[..at], host[(at + 1)..]);
        }
        // A name that begins with a dash would be an option of ssh.
        if (host is not null && !HostPattern().IsMatch(host)) throw keys.Bad("host", $"'{host}' is not the name of a host", "Give a host name, an address, or an alias from your ssh configuration.");
        if (user is not null && !UserPattern().IsMatch(user)) throw keys.Bad(keys.Place("user") is null ? "host" : "user", $"'{user}' is not the name of a user", "Give the name that you log in with.");
        return (user, host);
    }

    private static string? SshConfig(SiteMap keys, string file, string? home)
    {
        if (keys.Text("ssh_config") is not { } path) return null;
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = home is { Length: > 0 } ? home + path[1..] : throw keys.Bad("ssh_config", $"'{path}' cannot be resolved: there is no home folder", "Write the absolute path.");
        else if (path[0] == '~')
            throw keys.Bad("ssh_config", $"'{path}' cannot be resolved", "Write the absolute path.");
        return Path.GetFullPath(path, Path.GetDirectoryName(file)!);
    }

    private static IReadOnlyList<string> SshOptions(SiteMap keys)
    {
        IReadOnlyList<string> options = keys.Pairs("ssh_options");
        foreach (string option in options)
        {
            if (option[0] == '-' || !option.AsSpan().ContainsAny('=', ' '))
                throw keys.Bad("ssh_options", $"'{option}' is not an option of ssh", "Write each as in ssh's own configuration, such as ConnectTimeout=30, without -o.");
        }
        return options;
    }

    private static string? Scratch(SiteMap keys)
    {
        string? path = keys.Text("scratch");
        return path is null || path[0] == '/' || path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? path
            : throw keys.Bad("scratch", $"'{path}' is not an absolute path on the cluster", "Begin with / or ~/; variables are not expanded.");
    }

    private static SchedulerOptions Options(SiteMap keys)
    {
        IReadOnlyList<string> flags = keys.Texts("extra_flags");
        foreach (string flag in flags)
        {
            if (flag.Any(char.IsWhiteSpace) && !(flag.StartsWith("--", StringComparison.Ordinal) && flag.Contains('=', StringComparison.Ordinal)))
                throw keys.Bad("extra_flags", $"the flag '{flag}' is more than one word", "Give each word as an item of its own: [-l, highp].");
        }
        return new SchedulerOptions
        {
            Partition = keys.Text("default_partition"),
            Account = keys.Text("account"),
            Qos = keys.Text("qos"),
            Constraint = keys.Text("constraint"),
            Queue = keys.Text("queue"),
            ParallelEnvironment = keys.Text("parallel_environment"),
            MemoryComplex = keys.Text("memory_complex"),
            GpuResource = keys.Text("gpu_resource"),
            ExtraFlags = flags,
        };
    }

    private static SiteLimits Limits(SiteMap keys, SiteMap constraints)
    {
        TimeSpan? longest = Positive(constraints.Duration("max_walltime"));
        TimeSpan? cap = Positive(keys.Duration("max_walltime_sec"));
        return new SiteLimits
        {
            MaxArrayIndex = constraints.Integer("max_array_size"),
            MaxSubmittedElements = constraints.Integer("max_submitted"),
            MaxRunningElements = constraints.Integer("max_running"),
            MaxJobs = constraints.Integer("max_jobs"),
            MaxWalltime = longest is null || cap < longest ? cap ?? longest : longest,
            MaxNodeMemoryBytes = keys.Integer("max_node_mem_mb", 1, long.MaxValue / Mebibyte) * Mebibyte,
            MaxNodeProcessors = keys.SmallInteger("max_node_cpus"),
        };
    }

    // The original reads a limit of zero as none.
    private static TimeSpan? Positive(TimeSpan? value) => value > TimeSpan.Zero ? value : null;

    private static Dictionary<string, string> Places(SiteMap keys, SiteMap constraints) =>
        keys.Keys.Select(k => (k.Name, Place: keys.Place(SiteKeys.Aliases.GetValueOrDefault(k.Name, k.Name))!))
            .Concat(constraints.Keys.Select(k => (k.Name, Place: constraints.Place(k.Name)!)))
            .ToDictionary(p => SiteKeys.Aliases.GetValueOrDefault(p.Name, p.Name), p => p.Place, StringComparer.Ordinal);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[^\s@-][^\s@/]*\z")]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"\A[^\s@:-][^\s@:]*\z")]
    private static partial Regex UserPattern();
}
