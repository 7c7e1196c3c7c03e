using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Preflight;

/// <summary>
/// Checks that all passed, in <c>preflight/&lt;cluster&gt;.json</c> of the user's state folder. They hold for a day, and only for the configuration
/// that was looked at. Failures are not kept.
/// </summary>
/// <param name="state">The user's state folder.</param>
/// <param name="clock">The clock.</param>
internal sealed class PreflightCache(StateFolder state, TimeProvider clock)
{
    private static readonly TimeSpan s_age = TimeSpan.FromHours(24);

    /// <summary>The checks of a cluster, or null if there are none that still hold.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="key">What tells its configuration.</param>
    /// <param name="withJob">True if they must hold a job too.</param>
    public PreflightRecord? Read(string cluster, string key, bool withJob)
    {
        try
        {
            PreflightRecord? record = JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(cluster)), PreflightJson.Default.PreflightRecord);
            if (record is not { Version: PreflightRecord.Current, Checks.Count: > 0 } || record.Key != key || (withJob && !record.WithJob)) return null;
            TimeSpan age = clock.GetUtcNow() - record.CheckedAt;
            return age >= TimeSpan.Zero && age < s_age ? record : null;
        }
        catch (Exception error) when (error is JsonException || StorageError.IsStorageError(error))
        {
            return null;
        }
    }

    /// <summary>Keeps the checks of a cluster; where one has failed, what was kept before is forgotten.</summary>
    public async Task WriteAsync(string cluster, PreflightRecord record, CancellationToken cancellationToken)
    {
        try
        {
            if (record.Checks.All(c => c.State != ClusterCheckState.Failed))
                await DurableFile.WriteAsync(PathOf(cluster), JsonSerializer.SerializeToUtf8Bytes(record, PreflightJson.Default.PreflightRecord), cancellationToken);
            else if (File.Exists(PathOf(cluster)))
                File.Delete(PathOf(cluster));
        }
        catch (Exception error) when (error is HpcException || StorageError.IsStorageError(error))
        {
            // A state folder that cannot be written is a finding of its own; the answer does not depend on the cache.
        }
    }

    /// <summary>What tells whether the configuration is still the one that was looked at.</summary>
    /// <param name="file">The file, or null.</param>
    public static string KeyOf(string? file)
    {
        try
        {
            return file is null || !File.Exists(file) ? "" : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(file + "\n" + File.ReadAllText(file))));
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            return "";
        }
    }

    // A name that cannot be that of a cluster leads to no file.
    private string PathOf(string cluster) => Path.Join(state.Root, "preflight", $"{cluster}.json");
}

/// <summary>The file of one cluster.</summary>
internal sealed record PreflightRecord(int Version, string Key, bool WithJob, DateTimeOffset CheckedAt, IReadOnlyList<ClusterCheck> Checks)
{
    public const int Current = 1;
}

/// <summary>Its form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PreflightRecord))]
internal sealed partial class PreflightJson : JsonSerializerContext;
