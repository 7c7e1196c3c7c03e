namespace HpcAgent.Engine.Tasks;

/// <summary>The error that most of this folder throws: the user's task set or command is wrong.</summary>
internal static class TaskError
{
    public static HpcException Invalid(string message, string remediation, Exception? inner = null) =>
        new(ErrorCode.SpecInvalid, message, remediation, inner);
}
