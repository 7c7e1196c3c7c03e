namespace HpcAgent.Engine.Operations.Submit;

/// <summary>Fields of the original that are taken and change nothing. Whoever set one is told.</summary>
internal static class OriginalFields
{
    public static IEnumerable<string> Warnings(SubmitRequest request, bool isLocal)
    {
        if (request.RsyncExcludes is { Count: > 0 }) yield return "rsync_excludes is not used; list what is to be left out in .hpcignore";
        if (request.Runtime is { } runtime) yield return $"runtime '{runtime}' is not used; put 'uv sync' into preamble";
        if (request.AutoResumeOnKill == true) yield return "auto_resume_on_kill is not used; auto_retry sends failed tasks again";
        if (request.InputDatasets is not null) yield return "input_datasets is not used; nothing was checked";
        if (request.Parents is not null) yield return "parents is not used; 'after' waits for runs";
        if (!isLocal) yield break;
        if (request.TasksPerArray is not null) yield return "tasks_per_array has no effect on 'local'";
        if (request.TasksPerElement is not null) yield return "tasks_per_element has no effect on 'local'";
    }
}
