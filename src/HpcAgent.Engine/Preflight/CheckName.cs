namespace HpcAgent.Engine.Preflight;

/// <summary>The names of checks; those that the original has too are spelled as there.</summary>
internal static class CheckName
{
    public const string ConfigurationParses = "clusters_yaml_parses";
    public const string ClusterKnown = "cluster_known";
    public const string Customized = "cluster_config_customized";
    public const string ConfigurationValid = "cluster_config_valid";
    public const string SshProgram = "ssh_on_path";
    public const string SshAgent = "ssh_auth_sock";
    public const string Reach = "cluster_tcp_22";
    public const string Login = "cluster_ssh_echo";
    public const string LoginShell = "login_shell";
    public const string Programs = "posix_programs";
    public const string FileTransfer = "file_transfer_on_path";
    public const string Timeout = "timeout_program";
    public const string SchedulerPrograms = "scheduler_programs";
    public const string Scheduler = "scheduler_answers";
    public const string Accounting = "accounting_answers";
    public const string Limits = "limits_known";
    public const string Partition = "partition";
    public const string Account = "account";
    public const string Qos = "qos";
    public const string ParallelEnvironment = "parallel_environment";
    public const string Scratch = "scratch_writable";
    public const string Space = "scratch_space";
    public const string Purge = "purge_age";
    public const string Clock = "clock_skew";
    public const string Job = "job";
    public const string Shell = "shell";
    public const string State = "state_folder";
    public const string Python = "python";
}
