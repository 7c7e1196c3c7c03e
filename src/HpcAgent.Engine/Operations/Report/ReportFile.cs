using System.Text;
using HpcAgent.Engine.Reporting;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Operations.Report;

/// <summary>The file of a report. It may take the place of an older report, but of nothing else.</summary>
internal static class ReportFile
{
    /// <summary>Refuses a place where something else is.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="overwrites">True if any file may be replaced.</param>
    public static void RequireFree(string path, bool overwrites)
    {
        if (Directory.Exists(path)) throw new HpcException(ErrorCode.PreconditionFailed, $"{path} is a folder", "Give the name of a file.");
        if (!overwrites && File.Exists(path) && !IsReport(path))
            throw new HpcException(ErrorCode.PreconditionFailed, $"the file {path} is there already and is no report of a run", "Choose another file, or replace it with -Force (\"overwrite\").");
    }

    /// <summary>Writes the whole file, or nothing.</summary>
    public static async Task<long> WriteAsync(string path, string text, bool overwrites, CancellationToken cancellationToken)
    {
        RequireFree(path, overwrites);
        byte[] content = Encoding.UTF8.GetBytes(text);
        await DurableFile.WriteAsync(path, content, cancellationToken);
        return content.Length;
    }

    private static bool IsReport(string path)
    {
        byte[] beginning = Encoding.UTF8.GetBytes(ReportDocument.Beginning);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] found = new byte[beginning.Length];
        return file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && found.AsSpan().SequenceEqual(beginning);
    }
}
