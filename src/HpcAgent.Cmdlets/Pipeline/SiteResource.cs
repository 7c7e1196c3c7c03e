using System.Collections;
using HpcAgent.Engine.Naming;
using HpcAgent.Engine.Operations.Submit;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>What <c>-Resource</c> may hold: what sites can be asked for beside processors, memory and time.</summary>
internal static class SiteResource
{
    private static readonly string[] s_names = ["partition", "account", "qos", "constraint", "queue", "parallel_environment", "gpu_type", "submit_flags"];

    /// <summary>Puts the entries of the dictionary into the request.</summary>
    /// <exception cref="HpcException">There is no such entry.</exception>
    public static SubmitRequest Add(IDictionary? resource, SubmitRequest request)
    {
        if (resource is null) return request;
        foreach (DictionaryEntry entry in resource)
        {
            string name = $"{entry.Key}";
            string text = PlainText.Of(ParameterValue.Normalize(PlainValue.Of(entry.Value)));
            request = name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant() switch
            {
                "partition" => request with { Partition = text },
                "account" or "project" => request with { Account = text },
                "qos" => request with { Qos = text },
                "constraint" => request with { Constraint = text },
                "queue" => request with { Queue = text },
                "parallelenvironment" or "pe" => request with { ParallelEnvironment = text },
                "gputype" => request with { GpuType = text },
                "submitflags" or "flags" => request with { SubmitFlags = Words(entry.Value) },
                _ => throw new HpcException(
                    ErrorCode.SpecInvalid,
                    $"-Resource has an entry '{name}' that means nothing.{NearestName.Suggestion(name, s_names)}",
                    $"Its entries are: {string.Join(", ", s_names)}. Memory, Walltime, Cpus and Gpus are parameters of their own."),
            };
        }
        return request;
    }

    private static string[] Words(object? value) => PlainValue.Of(value) switch
    {
        string one => [one],
        IEnumerable list => [.. list.Cast<object?>().Select(item => PlainText.Of(ParameterValue.Normalize(item)))],
        var other => [PlainText.Of(ParameterValue.Normalize(other))],
    };
}
