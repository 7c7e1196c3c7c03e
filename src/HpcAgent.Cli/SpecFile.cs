using System.Text.Json;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Cli;

/// <summary>Reads a request from a file or from standard input.</summary>
internal static class SpecFile
{
    public static JsonDocument Read(string path)
    {
        if (path == "-")
        {
            using MemoryStream input = new();
            using (Stream standard = Console.OpenStandardInput()) standard.CopyTo(input);
            return SpecReader.Parse(input.ToArray(), "standard input");
        }
        string full = Path.GetFullPath(path);
        try
        {
            return SpecReader.Parse(File.ReadAllBytes(full), full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HpcException(ErrorCode.SpecInvalid, $"the request file {full} cannot be read: {e.Message}", "Give the path of a JSON file, or - for standard input.", e);
        }
    }
}
