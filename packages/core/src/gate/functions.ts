import type { FunctionGroup } from './function-group.ts';

/** The engine whose functions are decided here. */
export const decidedVersion = 'v1.5.5';

/** Names that the engine's parser makes or knows, and its list of functions does not have. */
export const unlisted: readonly string[] = ['grouping', 'overlay', 'unnest'];

/**
 * Every function of the pinned engine, allowed or denied by name, with the reason of its group. Names are moved between
 * groups by hand; `node tools/generate-functions.ts` removes what the engine no longer has and puts what is new under
 * `undecided`, which a test refuses.
 */
export const functionGroups: readonly FunctionGroup[] = [
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'runs SQL, or makes it from data',
    instead: 'Write the SQL itself as a sub-select.',
    names: `
      json_deserialize_sql json_serialize_plan json_serialize_sql
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'shows or changes settings and variables of the process',
    instead: 'Pass values as parameters of the statement.',
    names: `
      current_setting get_block_size getvariable setseed
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'shows statistics of columns, or how a value is stored',
    instead: 'Use min, max and count: they see the rows that you may see.',
    names: `
      create_sort_key icu_sort_key stats vector_type
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'writes to or reads the log',
    names: `
      parse_duckdb_log_message write_log
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'waits',
    instead: 'Ask again later instead.',
    names: `
      pg_sleep sleep_ms
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'changes or shows a sequence',
    names: `
      currval nextval
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'shows the state of the connection or of other statements',
    names: `
      current_connection_id current_query current_query_id current_schemas current_transaction_id in_search_path
      inet_client_addr inet_client_port inet_server_addr inet_server_port txid_current
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'shows the catalog of the process',
    instead: 'Products and their columns are in the catalog of the mesh.',
    names: `
      can_cast_implicitly col_description format_pg_type format_type has_any_column_privilege has_column_privilege
      has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege
      has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege
      map_to_pg_oid obj_description pg_collation_is_visible pg_conf_load_time pg_conversion_is_visible
      pg_function_is_visible pg_get_constraintdef pg_get_expr pg_get_viewdef pg_has_role pg_is_other_temp_schema
      pg_my_temp_schema pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible pg_postmaster_start_time
      pg_table_is_visible pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible
      pg_ts_template_is_visible pg_type_is_visible shobj_description
    `,
  },
  {
    decision: 'deny',
    kind: 'scalar',
    reason: 'belongs to the engine',
    names: `
      __internal_compress_integral_ubigint __internal_compress_integral_uinteger
      __internal_compress_integral_usmallint __internal_compress_integral_utinyint
      __internal_compress_string_hugeint __internal_compress_string_ubigint __internal_compress_string_uhugeint
      __internal_compress_string_uinteger __internal_compress_string_usmallint __internal_compress_string_utinyint
      __internal_decompress_integral_bigint __internal_decompress_integral_hugeint
      __internal_decompress_integral_integer __internal_decompress_integral_smallint
      __internal_decompress_integral_ubigint __internal_decompress_integral_uhugeint
      __internal_decompress_integral_uinteger __internal_decompress_integral_usmallint __internal_decompress_string
      cast_to_type combine constant_or_null finalize get_type icu_collate_af icu_collate_am icu_collate_ar
      icu_collate_ar_sa icu_collate_as icu_collate_az icu_collate_be icu_collate_bg icu_collate_bn icu_collate_bo
      icu_collate_br icu_collate_bs icu_collate_ca icu_collate_ceb icu_collate_chr icu_collate_cs icu_collate_cy
      icu_collate_da icu_collate_de icu_collate_de_at icu_collate_dsb icu_collate_dz icu_collate_ee icu_collate_el
      icu_collate_en icu_collate_en_us icu_collate_eo icu_collate_es icu_collate_et icu_collate_fa icu_collate_fa_af
      icu_collate_ff icu_collate_fi icu_collate_fil icu_collate_fo icu_collate_fr icu_collate_fr_ca icu_collate_fy
      icu_collate_ga icu_collate_gl icu_collate_gu icu_collate_ha icu_collate_haw icu_collate_he icu_collate_he_il
      icu_collate_hi icu_collate_hr icu_collate_hsb icu_collate_hu icu_collate_hy icu_collate_id icu_collate_id_id
      icu_collate_ig icu_collate_is icu_collate_it icu_collate_ja icu_collate_ka icu_collate_kk icu_collate_kl
      icu_collate_km icu_collate_kn icu_collate_ko icu_collate_kok icu_collate_ku icu_collate_ky icu_collate_lb
      icu_collate_lij icu_collate_lkt icu_collate_ln icu_collate_lo icu_collate_lt icu_collate_lv icu_collate_mk
      icu_collate_ml icu_collate_mn icu_collate_mr icu_collate_ms icu_collate_mt icu_collate_my icu_collate_nb
      icu_collate_nb_no icu_collate_ne icu_collate_nl icu_collate_nn icu_collate_noaccent icu_collate_nso
      icu_collate_om icu_collate_or icu_collate_pa icu_collate_pa_in icu_collate_pl icu_collate_ps icu_collate_pt
      icu_collate_ro icu_collate_ru icu_collate_sa icu_collate_se icu_collate_si icu_collate_sk icu_collate_sl
      icu_collate_smn icu_collate_sq icu_collate_sr icu_collate_sr_ba icu_collate_sr_me icu_collate_sr_rs
      icu_collate_st icu_collate_sv icu_collate_sw icu_collate_ta icu_collate_te icu_collate_th icu_collate_tk
      icu_collate_tn icu_collate_to icu_collate_tr icu_collate_ug icu_collate_uk icu_collate_ur icu_collate_uz
      icu_collate_vi icu_collate_wae icu_collate_wo icu_collate_xh icu_collate_yi icu_collate_yo icu_collate_yue
      icu_collate_yue_cn icu_collate_zh icu_collate_zh_cn icu_collate_zh_hk icu_collate_zh_mo icu_collate_zh_sg
      icu_collate_zh_tw icu_collate_zu is_histogram_other_bin make_type nfc_normalize remap_struct replace_type
      timetz_byte_comparable unpivot_list variant_bytes_to_variant variant_normalize variant_to_parquet_variant
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'operators',
    names: `
      !__postfix !~~ !~~* % & && * ** + - ->> / // <-> << <=> <@ >> @ @> ^ ^@ | || ~ ~~ ~~* ~~~
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'aggregates and windows',
    names: `
      any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_max_nulls_last
      arg_min arg_min_null arg_min_nulls_last argmax argmin array_agg avg bit_and bit_or bit_xor bitstring_agg
      bool_and bool_or corr count count_if count_star countif covar_pop covar_samp cume_dist dense_rank entropy favg
      fill first first_value fsum group_concat histogram histogram_exact kahan_sum kurtosis kurtosis_pop lag last
      last_value lead list listagg mad max max_by mean median min min_by mode nth_value ntile percent_rank product
      quantile quantile_cont quantile_disc rank rank_dense regr_avgx regr_avgy regr_count regr_intercept regr_r2
      regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile row_number sem skewness stddev stddev_pop stddev_samp
      string_agg sum sum_no_overflow sumkahan var_pop var_samp variance
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'lists, arrays, maps, structs, unions, lambdas',
    names: `
      aggregate apply array_aggr array_aggregate array_append array_apply array_cat array_concat array_contains
      array_cosine_distance array_cosine_similarity array_cross_product array_distance array_distinct
      array_dot_product array_extract array_filter array_grade_up array_has array_has_all array_has_any
      array_indexof array_inner_product array_intersect array_length array_negative_dot_product
      array_negative_inner_product array_pop_back array_pop_front array_position array_prepend array_push_back
      array_push_front array_reduce array_resize array_reverse array_reverse_sort array_select array_slice
      array_sort array_to_json array_to_string array_to_string_comma_default array_transform array_unique
      array_value array_where array_zip cardinality contains element_at enum_code enum_first enum_last enum_range
      enum_range_boundary filter flatten generate_series generate_subscripts grade_up json_group_array
      json_group_object json_group_structure len list_aggr list_aggregate list_any_value list_append list_apply
      list_approx_count_distinct list_avg list_bit_and list_bit_or list_bit_xor list_bool_and list_bool_or list_cat
      list_concat list_contains list_cosine_distance list_cosine_similarity list_count list_distance list_distinct
      list_dot_product list_element list_entropy list_extract list_filter list_first list_grade_up list_has
      list_has_all list_has_any list_histogram list_indexof list_inner_product list_intersect list_kurtosis
      list_kurtosis_pop list_last list_mad list_max list_median list_min list_mode list_negative_dot_product
      list_negative_inner_product list_pack list_position list_prepend list_product list_reduce list_resize
      list_reverse list_reverse_sort list_select list_sem list_skewness list_slice list_sort list_stddev_pop
      list_stddev_samp list_string_agg list_sum list_transform list_unique list_value list_var_pop list_var_samp
      list_where list_zip map map_concat map_contains map_contains_entry map_contains_value map_entries map_extract
      map_extract_value map_from_entries map_keys map_values range reduce row struct_concat struct_contains
      struct_extract struct_extract_at struct_has struct_indexof struct_insert struct_keys struct_pack
      struct_position struct_update struct_values union_extract union_tag union_value variant_extract variant_typeof
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'JSON values',
    names: `
      from_json from_json_strict json json_array json_array_length json_contains json_exists json_extract
      json_extract_path json_extract_path_text json_extract_string json_keys json_merge_patch json_object
      json_pretty json_quote json_structure json_transform json_transform_strict json_type json_valid json_value
      row_to_json to_json
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'dates and times',
    names: `
      age ago century current_date current_localtime current_localtimestamp date_add date_diff date_part date_sub
      date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade
      epoch epoch_ms epoch_ns epoch_us era get_current_time get_current_timestamp hour isodow isoyear julian
      last_day make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz microsecond
      millennium millisecond minute month monthname nanosecond normalized_interval now quarter second strftime
      strptime time_bucket timezone timezone_hour timezone_minute to_centuries to_days to_decades to_hours
      to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks
      to_years today transaction_timestamp try_strptime week weekday weekofyear year yearweek
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'text and bytes',
    names: `
      ascii bar base64 bin bit_length bit_position bitstring char_length character_length chr concat concat_ws
      damerau_levenshtein decode editdist3 encode ends_with format formatReadableDecimalSize formatReadableSize
      format_bytes from_base64 from_binary from_hex get_bit hamming hex ilike_escape instr jaccard jaro_similarity
      jaro_winkler_similarity lcase left left_grapheme length length_grapheme levenshtein like_escape lower lpad
      ltrim mismatches not_ilike_escape not_like_escape octet_length ord parse_dirname parse_dirpath parse_filename
      parse_formatted_bytes parse_path pg_size_pretty position prefix printf regexp_escape regexp_extract
      regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table
      repeat replace reverse right right_grapheme rpad rtrim set_bit split split_part starts_with str_split
      str_split_regex string_split string_split_regex string_to_array strip_accents strlen strpos substr substring
      substring_grapheme suffix to_base to_base64 to_binary to_hex translate trim ucase unbin unhex unicode upper
      url_decode url_encode
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'hashes and ids',
    names: `
      gen_random_uuid hash md5 md5_number md5_number_lower md5_number_upper sha1 sha256 uuid uuid_extract_timestamp
      uuid_extract_version uuidv4 uuidv7
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'geometry values',
    names: `
      st_asbinary st_astext st_aswkb st_aswkt st_crs st_geomfromwkb st_intersects_extent st_setcrs
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'types, choices and errors of the statement',
    names: `
      alias error greatest least nullif pg_typeof switch typeof
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'who and where one is, as the engine names it: never a path',
    names: `
      current_catalog current_database current_role current_schema current_user session_user user version
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'numbers',
    names: `
      abs acos acosh add asin asinh atan atan2 atanh bit_count cbrt ceil ceiling cos cosh cot degrees divide
      equi_width_bins even exp factorial fdiv floor fmod gamma gcd geomean geometric_mean greatest_common_divisor
      isfinite isinf isnan lcm least_common_multiple lgamma ln log log10 log2 mod multiply nextafter pi pow power
      radians random round round_even roundbankers sign signbit sin sinh sqrt subtract tan tanh trunc wavg
      weighted_avg xor
    `,
  },
  {
    decision: 'allow',
    kind: 'scalar',
    reason: 'known to the parser and not listed by the engine',
    names: `
      grouping overlay unnest
    `,
  },
  {
    decision: 'deny',
    kind: 'table',
    reason: 'runs SQL from a string, or reads a table named by a string',
    instead: 'Write the SQL itself as a sub-select.',
    names: `
      histogram histogram_values json_execute_serialized_sql query query_table seq_scan summary
    `,
  },
  {
    decision: 'deny',
    kind: 'table',
    reason: 'reads files',
    instead: 'Name a table as domain.object; files enter the mesh as a source of a build.',
    names: `
      glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata
      parquet_scan parquet_schema read_blob read_csv read_csv_auto read_duckdb read_json read_json_auto
      read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects read_parquet
      read_text sniff_csv
    `,
  },
  {
    decision: 'deny',
    kind: 'table',
    reason: 'reads the memory of the process',
    names: `
      arrow_scan arrow_scan_dumb
    `,
  },
  {
    decision: 'deny',
    kind: 'table',
    reason: 'writes, reads or switches logs and profiles',
    names: `
      disable_logging disable_profiling duckdb_log_contexts duckdb_logs duckdb_logs_parsed duckdb_profiling_settings
      enable_logging enable_profiling truncate_duckdb_logs
    `,
  },
  {
    decision: 'deny',
    kind: 'table',
    reason: 'changes the process',
    names: `
      check_peg_parser checkpoint disable_peg_parser enable_peg_parser force_checkpoint
    `,
  },
  {
    decision: 'deny',
    kind: 'table',
    reason: 'shows the catalog or the state of the process',
    instead: 'Products and their columns are in the catalog of the mesh.',
    names: `
      duckdb_approx_database_count duckdb_columns duckdb_connection_count duckdb_constraints
      duckdb_coordinate_systems duckdb_databases duckdb_dependencies duckdb_extensions duckdb_external_file_cache
      duckdb_functions duckdb_indexes duckdb_keywords duckdb_memory duckdb_optimizers duckdb_prepared_statements
      duckdb_schemas duckdb_secret_types duckdb_secrets duckdb_sequences duckdb_settings duckdb_table_sample
      duckdb_tables duckdb_temporary_files duckdb_types duckdb_variables duckdb_views pragma_collations
      pragma_database_size pragma_metadata_info pragma_platform pragma_show pragma_storage_info pragma_table_info
      pragma_user_agent pragma_version sql_auto_complete which_secret
    `,
  },
  {
    decision: 'deny',
    kind: 'table',
    reason: 'serves the tests of the engine, or says nothing about data',
    names: `
      icu_calendar_names pg_timezone_names repeat repeat_row test_all_types test_vector_types
    `,
  },
  {
    decision: 'allow',
    kind: 'table',
    reason: 'makes rows from its arguments',
    names: `
      generate_series json_each json_tree range unnest
    `,
  },
  {
    decision: 'deny',
    kind: 'pragma',
    reason: 'is no part of a SELECT',
    names: `
      add_parquet_key all_profiling_output collations copy_database database_list database_size
      disable_checkpoint_on_shutdown disable_object_cache disable_optimizer disable_print_progress_bar
      disable_profile disable_profiling disable_progress_bar disable_verification disable_verify_external
      disable_verify_fetch_row disable_verify_parallelism disable_verify_serializer enable_checkpoint_on_shutdown
      enable_object_cache enable_optimizer enable_print_progress_bar enable_profile enable_profiling
      enable_progress_bar enable_verification extension_versions force_checkpoint functions import_database
      json_execute_serialized_sql metadata_info platform show show_databases show_tables show_tables_expanded
      storage_info table_info user_agent verify_external verify_fetch_row verify_parallelism verify_serializer
      version
    `,
  },
];
