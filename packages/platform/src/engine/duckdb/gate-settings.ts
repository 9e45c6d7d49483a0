/** What is decided about a setting of the engine, for a group of names between white space. */
export interface SettingGroup {
  readonly decision: 'fixed' | 'default' | 'open';
  readonly reason: string;
  readonly names: string;
}

/** Every setting of the pinned engine; a test refuses one that is new or gone. */
export const engineSettings: readonly SettingGroup[] = [
  {
    decision: 'fixed',
    reason: 'set by the worker, read back and locked',
    names: `
      TimeZone allow_community_extensions allow_persistent_secrets allowed_directories allowed_paths
      autoinstall_known_extensions autoload_known_extensions enable_external_access enable_progress_bar
      enable_progress_bar_print lock_configuration max_expression_depth max_memory max_temp_directory_size
      memory_limit parquet_metadata_cache temp_directory threads worker_threads
    `,
  },
  {
    decision: 'open',
    reason: 'stays open after the lock in this version; no SET or RESET passes the gate',
    names: `
      schema search_path
    `,
  },
  {
    decision: 'default',
    reason: 'opens files, extensions, secrets or the network: its default is closed, or void without external access',
    names: `
      access_mode allow_extensions_metadata_mismatch allow_parser_override_extension allow_unredacted_secrets
      allow_unsigned_extensions allowed_configs autoinstall_extension_repository custom_extension_repository
      custom_user_agent default_secret_storage disabled_filesystems duckdb_api enable_external_file_cache
      enable_http_logging enable_http_metadata_cache extension_directories extension_directory file_search_path
      force_mbedtls_unsafe home_directory http_logging_output http_proxy http_proxy_password http_proxy_username
      password secret_directory temp_file_encryption user username validate_external_file_cache
    `,
  },
  {
    decision: 'default',
    reason: 'writes logs or profiles: off by default',
    names: `
      custom_profiling_settings disabled_log_types enable_logging enable_profiling
      enabled_log_types errors_as_json explain_output log_query_path logging_level logging_mode logging_storage
      profile_output profiling_coverage profiling_mode profiling_output
    `,
  },
  {
    decision: 'default',
    reason: 'serves the tests of the engine',
    names: `
      debug_asof_iejoin debug_checkpoint_abort debug_checkpoint_sleep_ms debug_eviction_queue_sleep_micro_seconds
      debug_force_external debug_force_no_cross_product debug_physical_table_scan_execution_strategy
      debug_skip_checkpoint_on_commit debug_verify_blocks debug_verify_vector debug_window_mode
    `,
  },
  {
    decision: 'default',
    reason: 'tunes memory, threads or plans: no effect on what can be read',
    names: `
      allocator_background_threads allocator_bulk_deallocation_flush_threshold allocator_flush_threshold
      asof_loop_join_threshold auto_checkpoint_skip_wal_threshold block_allocator_memory checkpoint_threshold
      default_block_size disable_parquet_prefetching disabled_compression_methods disabled_optimizers
      dynamic_or_filter_threshold enable_caching_operators enable_fsst_vectors enable_object_cache
      experimental_metadata_reuse external_threads force_bitpacking_mode force_column_metadata_reuse
      force_compression force_variant_shredding geometry_minimum_shredding_size index_scan_max_count
      index_scan_percentage late_materialization_max_rows max_vacuum_tasks merge_join_threshold
      nested_loop_join_threshold ordered_aggregate_threshold partitioned_write_flush_threshold
      partitioned_write_max_open_files perfect_ht_threshold pin_threads pivot_filter_threshold pivot_limit
      prefer_range_joins prefetch_all_parquet_files progress_bar_time scheduler_process_partial
      storage_block_prefetch streaming_buffer_size vacuum_rebuild_indexes variant_minimum_shredding_size
      wal_autocheckpoint wal_autocheckpoint_entries write_buffer_row_group_count write_buffer_row_group_memory_limit
      zstd_min_string_length
    `,
  },
  {
    decision: 'default',
    reason: 'decides what a statement means: the same in the parser and in workers, because neither changes it',
    names: `
      Calendar __delta_only_variant_encoding_enabled arrow_large_buffer_size arrow_lossless_conversion
      arrow_output_list_view arrow_output_version binary_as_string catalog_error_max_schemas
      current_transaction_invalidation_policy default_collation default_null_order default_order deprecated_using_key_syntax disable_database_invalidation
      disable_timestamptz_casts enable_geoparquet_conversion enable_macro_dependencies enable_view_dependencies
      ieee_floating_point_ops ignore_unknown_crs immediate_transaction_mode integer_division lambda_syntax
      null_order old_implicit_casting order_by_non_integer_literal preserve_identifier_case preserve_insertion_order
      produce_arrow_string_view scalar_subquery_error_on_multiple_rows storage_compatibility_version
      warnings_as_errors
    `,
  },
];
